vanity load --dry-run -i p356.mdb --max-wcu 1000
