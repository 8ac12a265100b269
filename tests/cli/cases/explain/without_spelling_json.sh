vanity explain --json 1001000
