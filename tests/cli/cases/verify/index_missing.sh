vanity verify -i none.mdb
