vanity top -i inverted.mdb
