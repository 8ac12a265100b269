vanity lookup -i folder.mdb 3569377
