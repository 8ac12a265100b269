vanity info -i p356.mdb >/dev/full
