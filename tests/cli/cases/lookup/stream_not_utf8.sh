printf "356\3779377\n" | vanity lookup -i p356.mdb --json -
