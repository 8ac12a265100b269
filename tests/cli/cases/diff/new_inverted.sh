vanity diff p356.mdb inverted.mdb
