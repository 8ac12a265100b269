vanity verify p356.mdb
