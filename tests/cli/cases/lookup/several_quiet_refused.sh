vanity lookup -i p356.mdb -q 12 13
