vanity lookup -i none.mdb 3569377
