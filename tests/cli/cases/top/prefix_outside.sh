vanity top -i p356.mdb --prefix 468
