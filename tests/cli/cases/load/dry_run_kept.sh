# A dry run compares with what was loaded last, if that was kept.
cp p356.mdb own.mdb.loaded-phones
vanity load --dry-run -i own.mdb --table phones
