vanity verify --deep --threads 0 -i p356.mdb
