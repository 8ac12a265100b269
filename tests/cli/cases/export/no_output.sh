vanity export -i p356.mdb
