vanity lookup -i p100.mdb --ssml 1001000
