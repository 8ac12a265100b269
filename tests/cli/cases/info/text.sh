vanity info -i p356.mdb | sed -E "s/[0-9a-f]{16}/HASH/g; s/en-[0-9a-f]{8}/en-HASH/"
