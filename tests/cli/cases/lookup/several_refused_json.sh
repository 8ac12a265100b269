vanity lookup -i p356.mdb --json --top 1 12 4685865 3569378
