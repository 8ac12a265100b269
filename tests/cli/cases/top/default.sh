vanity top -i p356.mdb | wc -l
