mkdir -p data/vanity/lexicons/xx
printf 'flowers\t-28\n' >data/vanity/lexicons/xx/words.tsv
: >data/vanity/lexicons/xx/pairs.tsv
: >data/vanity/lexicons/xx/block.tsv
XDG_DATA_HOME=data vanity build -q -o new.mdb --prefix 3569 --language xx
vanity lookup -i new.mdb 3569377
vanity build -q -o new.mdb --prefix 3569 --language en
cmp new.mdb p3569.mdb
