vanity rank -i p356.mdb a b
