vanity info
