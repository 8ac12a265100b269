vanity verify -i inverted.mdb
