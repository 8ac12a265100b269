vanity verify -q -i p356.mdb
