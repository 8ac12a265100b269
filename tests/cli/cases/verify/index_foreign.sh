vanity verify -i foreign.mdb
