vanity top -i p356.mdb --json -n 2
