vanity diff p356.mdb own.mdb -n 4
