vanity lookup -i p356.mdb 4685865
