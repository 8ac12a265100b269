printf "3569377\n1-800-356-9378\n" | vanity lookup -i p356.mdb --top 1 -
