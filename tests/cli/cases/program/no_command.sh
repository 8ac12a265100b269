vanity
