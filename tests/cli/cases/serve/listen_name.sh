vanity serve -i p356.mdb --no-log --listen example.invalid:80
