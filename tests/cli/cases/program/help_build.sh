vanity build --help
