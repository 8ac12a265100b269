vanity explain 1001000
