vanity export -i inverted.mdb -o out
