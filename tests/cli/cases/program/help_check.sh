vanity check --help
