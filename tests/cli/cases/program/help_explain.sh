vanity explain --help
