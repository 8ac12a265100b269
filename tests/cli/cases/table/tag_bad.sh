vanity table create --tag cost
