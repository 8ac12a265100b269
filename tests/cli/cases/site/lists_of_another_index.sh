vanity site -q -i p356.mdb site
echo mine >site/robots.txt
vanity site -q -i p100.mdb site
find site -type f | sort
