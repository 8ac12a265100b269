vanity build -o new.mdb --threads=100000 --prefix 3569
c=$?
ls new.mdb* 2>/dev/null
exit $c
