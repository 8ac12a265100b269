vanity top -i p356.mdb -n 0
