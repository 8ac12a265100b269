echo 3569377 | vanity rank -i inverted.mdb -
