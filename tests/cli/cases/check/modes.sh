vanity check -i p356.mdb --full --count
