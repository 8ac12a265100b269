vanity lookup -i p100.mdb 1001000
