vanity diff p356.mdb p3569.mdb
