vanity export -i p356.mdb -o out --compress lzma
