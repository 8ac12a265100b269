vanity lookup --frob
