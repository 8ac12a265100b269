vanity serve --host ''
