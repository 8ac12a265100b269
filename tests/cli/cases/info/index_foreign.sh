vanity info -i foreign.mdb
