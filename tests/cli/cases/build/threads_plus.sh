vanity build -o new.mdb --threads +2
