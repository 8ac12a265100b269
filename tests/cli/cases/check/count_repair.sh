vanity check -i p356.mdb --count --repair
