vanity top -i p356.mdb >/dev/full
