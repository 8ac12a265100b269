vanity diff p356.mdb version.mdb
