vanity serve --host 'a b'
