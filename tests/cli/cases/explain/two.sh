vanity explain 3569377 3569378
