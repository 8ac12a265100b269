yes 12 | head -n 25 | vanity rank -i p356.mdb -
