vanity export -i p3569.mdb -o out --compress none
vanity export -i p3569.mdb -o out --compress none
