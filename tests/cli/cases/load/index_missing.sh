vanity load -i nothing.mdb
