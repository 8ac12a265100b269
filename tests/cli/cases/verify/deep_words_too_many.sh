vanity verify --deep --words words.txt -i p356.mdb 2>&1 | sed -E "s/[0-9a-f]{16}/HASH/g"
exit "${PIPESTATUS[0]}"
