vanity lookup -i p356.mdb --top 1 3569377
