vanity export -q -i p3569.mdb -o out --compress none
head -n 2 out/data/part-00000.json
tail -n 1 out/data/part-00000.json | cut -d , -f 1
