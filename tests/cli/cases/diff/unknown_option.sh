vanity diff --frob
