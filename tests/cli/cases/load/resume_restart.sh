vanity load -i p356.mdb --resume --restart
