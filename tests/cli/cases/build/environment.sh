VANITY_INDEX=named.mdb vanity build -q --prefix 35693
vanity build -q --prefix 35693
cmp named.mdb vanity.mdb
