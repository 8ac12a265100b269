vanity info -i own.mdb --json | sed -E "s/[0-9a-f]{16}/HASH/g"
