vanity diff p356.mdb own.mdb >/dev/full
