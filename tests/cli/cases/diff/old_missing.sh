vanity diff none.mdb p356.mdb
