vanity table describe --pitr
