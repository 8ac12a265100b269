vanity site -q -i p356.mdb one
vanity site -q -i p356.mdb two
vanity site -q -i p356.mdb two
diff -r one two
