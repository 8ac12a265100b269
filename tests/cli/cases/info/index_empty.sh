vanity info -i empty.mdb
