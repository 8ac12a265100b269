vanity export -q -i p3569.mdb -o out --compress none --json
