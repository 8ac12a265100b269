vanity load -i p356.mdb --since=old.mdb
