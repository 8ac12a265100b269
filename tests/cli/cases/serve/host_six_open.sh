vanity serve --host '[::1'
