vanity verify --deep --words words.txt --block block.txt -i own.mdb
