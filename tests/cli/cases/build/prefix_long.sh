vanity build -o new.mdb --prefix 12345678
