vanity rank -i p356.mdb - </dev/null
