vanity serve --keep 0
