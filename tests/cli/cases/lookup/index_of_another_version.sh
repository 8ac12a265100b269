vanity lookup -i version.mdb 3569377
