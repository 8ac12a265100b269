vanity lookup -i p356.mdb --top 6 3569377
