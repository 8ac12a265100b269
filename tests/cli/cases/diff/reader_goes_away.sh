vanity diff -q p356.mdb own.mdb | head -n 1
echo "${PIPESTATUS[0]}"
