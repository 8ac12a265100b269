vanity serve p356.mdb
