vanity check phones
