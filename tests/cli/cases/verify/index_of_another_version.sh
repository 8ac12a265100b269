vanity verify -i version.mdb
