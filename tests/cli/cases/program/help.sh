vanity help
