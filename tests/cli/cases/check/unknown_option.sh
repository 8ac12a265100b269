vanity check --deep
