vanity load -i p356.mdb --since=own.mdb --prefix 3569
