yes 4 | head -n 25 >many.txt
vanity build -q -o new.mdb --prefix 3569 --words many.txt --skip-bad
