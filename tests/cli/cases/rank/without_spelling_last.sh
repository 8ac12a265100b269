printf "%s\n" 1001000 1003569 1001001 | vanity rank -i p100.mdb -
