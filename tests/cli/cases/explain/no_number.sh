vanity explain
