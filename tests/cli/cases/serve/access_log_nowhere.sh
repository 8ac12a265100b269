vanity serve -i p356.mdb --no-log --access-log none/log
