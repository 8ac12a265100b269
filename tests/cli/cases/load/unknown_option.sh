vanity load --fast
