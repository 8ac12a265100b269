printf "\n3569377\n\n" | vanity lookup -i p356.mdb --top 1 -
