vanity export -i nothing.mdb -o out
ls out
