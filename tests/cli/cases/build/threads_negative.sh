vanity build -o new.mdb --threads=-1 --prefix 3569
c=$?
ls new.mdb* 2>/dev/null
exit $c
