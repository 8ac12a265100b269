vanity serve -i p356.mdb --no-log --listen 127.0.0.1:0 >/dev/full
