vanity info p356.mdb
