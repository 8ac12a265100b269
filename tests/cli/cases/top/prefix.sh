vanity top -i p356.mdb --prefix 35693 -n 3
