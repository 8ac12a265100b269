vanity explain 1-800-468-5865
