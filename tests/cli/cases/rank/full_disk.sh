echo 3569377 | vanity rank -i p356.mdb - >/dev/full
