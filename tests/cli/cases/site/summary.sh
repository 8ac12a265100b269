vanity site -i p356.mdb site 2>&1 | sed "s/of .* bytes/of N bytes/"
