vanity serve -i version.mdb --listen 127.0.0.1:0
