vanity rank -i p356.mdb -n 0 -
