vanity serve -i p356.mdb --no-log --listen 192.0.2.1:0
