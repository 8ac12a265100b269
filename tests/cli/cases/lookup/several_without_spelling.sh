vanity lookup -i p100.mdb --top 1 1001000 1003569
