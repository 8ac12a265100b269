vanity lokup 3569377
