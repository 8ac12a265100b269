vanity "$(printf "%0100d" 0)"
