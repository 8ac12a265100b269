vanity top -i p356.mdb --prefix 3 -n 2
