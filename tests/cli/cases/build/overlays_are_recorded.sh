vanity info -i own.mdb | grep -E "^(words|block|prefix) "
