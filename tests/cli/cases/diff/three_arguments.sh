vanity diff p356.mdb own.mdb p100.mdb
