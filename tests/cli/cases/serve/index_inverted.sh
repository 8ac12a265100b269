vanity serve -i inverted.mdb --listen 127.0.0.1:0
