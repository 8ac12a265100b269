vanity site --json -i p356.mdb site | sed "s/\"bytes\":[0-9]*/\"bytes\":N/"
