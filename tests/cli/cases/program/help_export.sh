vanity export --help
