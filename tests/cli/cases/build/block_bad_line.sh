printf "fine\nno such\n" >b.txt
vanity build -o new.mdb --prefix 3569 --block b.txt
