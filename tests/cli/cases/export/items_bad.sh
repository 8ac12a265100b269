vanity export -i p356.mdb -o out --items-per-object 4000001
