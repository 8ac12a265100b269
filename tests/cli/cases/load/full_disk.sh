vanity load --dry-run -i p356.mdb >/dev/full
