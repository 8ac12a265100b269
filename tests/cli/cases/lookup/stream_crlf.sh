printf "3569377\r\n3569378\r\n" | vanity lookup -i p356.mdb --top 1 -
