vanity lookup -i p356.mdb +442073569377
