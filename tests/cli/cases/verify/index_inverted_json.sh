vanity verify --json -i inverted.mdb
