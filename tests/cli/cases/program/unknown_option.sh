vanity --frob lookup
