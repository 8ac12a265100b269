vanity export -q -i p3569.mdb -o out
vanity load --dry-run --from-export out
