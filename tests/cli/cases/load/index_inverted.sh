vanity load --dry-run -i inverted.mdb
