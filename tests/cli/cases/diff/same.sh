vanity diff p356.mdb p356.mdb
