vanity top -i p356.mdb 356
