vanity build --frob
