vanity site -i p356.mdb a b
