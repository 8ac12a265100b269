vanity lookup -i p356.mdb --top 1 3569377 12 "356x" 4685865 3569378
