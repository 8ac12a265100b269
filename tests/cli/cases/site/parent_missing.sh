vanity site -i p356.mdb none/site
