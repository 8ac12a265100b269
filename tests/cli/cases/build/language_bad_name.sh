vanity build -o new.mdb --language ../es
