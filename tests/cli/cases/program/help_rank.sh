vanity rank --help
