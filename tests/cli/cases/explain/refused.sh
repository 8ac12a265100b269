vanity explain 12345
