vanity build --quiet -o new.mdb --prefix 35693
