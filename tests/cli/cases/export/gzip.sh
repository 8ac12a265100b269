vanity export -q -i p3569.mdb -o out --compress gzip --level 9
gzip -dc out/data/part-00000.json.gz | wc -l
