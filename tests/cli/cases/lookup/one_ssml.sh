vanity lookup -i p356.mdb --ssml 1-800-356-9377
