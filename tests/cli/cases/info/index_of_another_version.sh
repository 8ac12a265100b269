vanity info -i version.mdb
