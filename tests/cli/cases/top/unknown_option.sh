vanity top --frob
