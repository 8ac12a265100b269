vanity table phones
