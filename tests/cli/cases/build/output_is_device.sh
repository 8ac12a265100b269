vanity build -q -o /dev/null --prefix 3569
