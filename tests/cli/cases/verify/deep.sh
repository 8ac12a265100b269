vanity verify --deep -i p356.mdb
