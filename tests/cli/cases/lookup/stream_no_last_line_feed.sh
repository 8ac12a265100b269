printf "3569377\n3569378" | vanity lookup -i p356.mdb --top 1 -
