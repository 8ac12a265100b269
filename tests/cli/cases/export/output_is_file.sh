touch out
vanity export -i p356.mdb -o out
