vanity diff --help
