vanity table create --wcu 5
