printf "%s\n" 1001000 1003569 | vanity rank -i p100.mdb --json -
