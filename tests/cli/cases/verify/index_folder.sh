vanity verify -i folder.mdb
