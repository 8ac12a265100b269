vanity lookup -i inverted.mdb 3569377
