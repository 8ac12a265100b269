vanity load -i p356.mdb --table ../phones
