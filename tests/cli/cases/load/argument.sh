vanity load p356.mdb
