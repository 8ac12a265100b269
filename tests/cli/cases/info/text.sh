vanity info -i p356.mdb | sed -E "s/[0-9a-f]{16}/HASH/g"
