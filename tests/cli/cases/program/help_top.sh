vanity top --help
