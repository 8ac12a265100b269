vanity export --since
