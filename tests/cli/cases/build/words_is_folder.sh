vanity build -o new.mdb --prefix 3569 --words folder.mdb
