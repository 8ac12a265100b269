vanity info --help
