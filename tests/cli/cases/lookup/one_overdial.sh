vanity lookup -i p356.mdb --top 2 1800FLOWERSHOP
