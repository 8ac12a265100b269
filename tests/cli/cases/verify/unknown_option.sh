vanity verify --frob
