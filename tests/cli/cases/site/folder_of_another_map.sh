mkdir www
echo "{}" >www/map.json
vanity site -q -i p356.mdb www
