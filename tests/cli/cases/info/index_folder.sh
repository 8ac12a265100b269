vanity info -i folder.mdb
