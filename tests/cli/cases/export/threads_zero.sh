vanity export -i p356.mdb -o out --threads 0
