vanity diff --count --json p356.mdb own.mdb
