yes 3569377 | head -n 200000 | vanity lookup -i p356.mdb - | head -n 1 | cut -c 1-20
echo "${PIPESTATUS[2]}"
