VANITY_TABLE=a/b vanity load -i p356.mdb
