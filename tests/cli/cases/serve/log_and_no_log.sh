vanity serve --no-log --log calls
