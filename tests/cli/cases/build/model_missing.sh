vanity build -o new.mdb --prefix 3569 --model none.txt
