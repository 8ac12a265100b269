vanity lookup -i foreign.mdb 3569377
