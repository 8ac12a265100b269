vanity load -i p356.mdb --price-write cheap
