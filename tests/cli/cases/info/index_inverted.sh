vanity info -i inverted.mdb
