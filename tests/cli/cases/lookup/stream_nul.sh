printf "356\0009377\n3569377\n" | vanity lookup -i p356.mdb --top 1 -
