vanity table --help
