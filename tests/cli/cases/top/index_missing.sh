vanity top
