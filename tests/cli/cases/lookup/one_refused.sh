vanity lookup -i p356.mdb 12345
