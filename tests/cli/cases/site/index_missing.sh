vanity site site
