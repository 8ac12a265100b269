vanity explain --words $'a\e[31m\xff\xc2\x9bc\xc3\xa9' 3569377
