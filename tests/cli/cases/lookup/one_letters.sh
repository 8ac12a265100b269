vanity lookup -i p356.mdb --top 1 1-800-FLOWERS
