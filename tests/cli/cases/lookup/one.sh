vanity lookup -i p356.mdb 1-800-356-9377
