vanity serve -i cut.mdb --listen 127.0.0.1:0
