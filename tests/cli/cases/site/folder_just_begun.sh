mkdir -p site/top
: >site/map.json.part
vanity site -q -i p356.mdb site
find site -type f | wc -l
