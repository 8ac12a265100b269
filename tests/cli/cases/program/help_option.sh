vanity --help | head -n 2
