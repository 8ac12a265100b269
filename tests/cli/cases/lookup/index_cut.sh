vanity lookup -i cut.mdb 3569377
