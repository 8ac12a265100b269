vanity verify --help
