vanity verify -i cut.mdb
