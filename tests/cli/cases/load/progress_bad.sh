vanity load -i p356.mdb --progress=bar
