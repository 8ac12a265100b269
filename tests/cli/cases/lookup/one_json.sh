vanity lookup -i p356.mdb --json 1-800-356-9377
