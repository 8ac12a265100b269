vanity table describe --table ab
