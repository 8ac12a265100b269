vanity help >/dev/full
