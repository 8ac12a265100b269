mkdir own
printf 'flowers\t-28\n' >own/words.tsv
printf 'flower\tshop\t0\n' >own/pairs.tsv
: >own/block.tsv
vanity build -q -o new.mdb --prefix 3569 --lexicon own --skip-bad
