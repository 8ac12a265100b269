vanity lookup -i p356.mdb 3569377 >&-
