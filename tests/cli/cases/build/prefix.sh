vanity build -o new.mdb --prefix 3569 2>&1 | sed "s/ in [0-9.]* s$//"
vanity diff -q new.mdb p3569.mdb
