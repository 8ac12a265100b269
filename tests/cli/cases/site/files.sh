vanity site -q -i p356.mdb site
find site -type f | sort
