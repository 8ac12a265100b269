vanity export -i p356.mdb -o out --compress gzip --level 10
