vanity lookup -i p356.mdb "$(printf "356\t93\03377")"
