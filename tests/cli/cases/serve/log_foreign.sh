cp foreign.mdb calls
vanity serve -i p356.mdb --listen 127.0.0.1:0 --log calls
