vanity load -i p356.mdb --max-wcu 0
