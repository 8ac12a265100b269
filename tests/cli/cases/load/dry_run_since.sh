vanity load --dry-run -i own.mdb --since=p356.mdb
