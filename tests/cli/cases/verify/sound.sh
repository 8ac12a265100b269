vanity verify -i p356.mdb
