vanity site -q -i p3569.mdb site
cat site/map.json
echo
head -c 200 site/top/356.json
echo
