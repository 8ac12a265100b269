vanity check -i p356.mdb --sample 5 --full
