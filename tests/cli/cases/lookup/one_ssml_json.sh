vanity lookup -i p356.mdb --ssml --top 1 --json 3569377
