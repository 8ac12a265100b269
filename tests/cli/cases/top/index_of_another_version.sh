vanity top -i version.mdb
