vanity verify -q --json -i p356.mdb >/dev/full
