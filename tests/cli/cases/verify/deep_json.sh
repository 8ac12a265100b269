vanity verify -q --deep --json -i p3569.mdb | sed -E "s/[0-9a-f]{16}/HASH/g"
