vanity lookup --help
