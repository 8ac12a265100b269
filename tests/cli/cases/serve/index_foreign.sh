vanity serve -i foreign.mdb --listen 127.0.0.1:0
