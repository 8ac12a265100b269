vanity check -i nothing.mdb
