vanity explain --frob
