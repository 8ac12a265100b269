vanity build -o none/new.mdb --prefix 3569
