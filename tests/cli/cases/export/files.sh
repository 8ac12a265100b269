vanity export -q -i p3569.mdb -o out --items-per-object 400 --table phones
find out -type f | sort
cat out/import-table.json out/start-bulk-put-items.json
