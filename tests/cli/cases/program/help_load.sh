vanity load --help
