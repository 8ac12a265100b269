vanity diff --count p356.mdb own.mdb
