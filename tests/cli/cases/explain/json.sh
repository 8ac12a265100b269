vanity explain --json 3569377
