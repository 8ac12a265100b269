vanity lookup -i empty.mdb 3569377
