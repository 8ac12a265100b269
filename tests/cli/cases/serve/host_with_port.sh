vanity serve --host 'example.com:8080'
