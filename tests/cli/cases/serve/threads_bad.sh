vanity serve --threads 0
