vanity load --dry-run -i p3569.mdb --json --table phones
