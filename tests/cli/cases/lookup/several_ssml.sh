vanity lookup -i p356.mdb --ssml --top 2 3569377 "(212) 356-9377" +44.20.7356.9377 35
