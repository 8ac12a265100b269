vanity lookup 3569377
