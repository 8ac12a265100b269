vanity build -o new.mdb --prefix 35x
