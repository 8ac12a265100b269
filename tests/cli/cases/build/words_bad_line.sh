vanity build -o new.mdb --prefix 3569 --words bad-words.txt
c=$?
ls new.mdb* 2>/dev/null
exit $c
