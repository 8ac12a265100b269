for n in 1 2 3; do
    vanity build -q -o $n.mdb --prefix 35 --threads $n
done
cmp 1.mdb 2.mdb
cmp 1.mdb 3.mdb
