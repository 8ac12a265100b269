vanity lookup -i p356.mdb --json 12345
