vanity info -i p3569.mdb | grep -E "^(prefix|suffixes) "
