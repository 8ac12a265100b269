vanity lookup -i p100.mdb --json 1001000
