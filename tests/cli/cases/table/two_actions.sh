vanity table create drop
