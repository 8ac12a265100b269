vanity load --dry-run -i p356.mdb --since=p100.mdb
