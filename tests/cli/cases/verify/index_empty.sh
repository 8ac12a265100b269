vanity verify -i empty.mdb
