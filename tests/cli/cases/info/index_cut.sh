vanity info -i cut.mdb
