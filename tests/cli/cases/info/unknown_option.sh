vanity info --frob
