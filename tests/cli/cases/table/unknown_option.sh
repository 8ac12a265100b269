vanity table create --gsi x
