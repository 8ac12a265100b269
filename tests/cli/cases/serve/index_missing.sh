vanity serve
