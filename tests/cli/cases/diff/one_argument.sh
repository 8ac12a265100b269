vanity diff p356.mdb
