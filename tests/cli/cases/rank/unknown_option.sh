vanity rank --frob
