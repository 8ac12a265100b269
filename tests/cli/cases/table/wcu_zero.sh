vanity table create --wcu 0 --rcu 1
