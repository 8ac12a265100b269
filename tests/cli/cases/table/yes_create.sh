vanity table create --yes
