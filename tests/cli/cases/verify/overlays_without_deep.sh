vanity verify --words words.txt -i own.mdb
