vanity table
