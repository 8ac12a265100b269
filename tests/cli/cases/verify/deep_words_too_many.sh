vanity verify --deep --words words.txt -i p356.mdb 2>&1 | sed -E "s/[0-9a-f]{16}/HASH/g; s/en-[0-9a-f]{8}/en-HASH/"
exit "${PIPESTATUS[0]}"
