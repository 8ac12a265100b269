vanity build -o new.mdb --prefix 3569 --words none.txt
c=$?
ls new.mdb* 2>/dev/null
exit $c
