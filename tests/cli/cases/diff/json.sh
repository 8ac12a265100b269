vanity diff --json -n 1 -q p356.mdb own.mdb
