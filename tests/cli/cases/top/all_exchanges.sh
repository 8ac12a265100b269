# What no exchange begins with is left out, unless it is asked for.
mkdir own
printf 'care\t100\nhome\t90\n' >own/words.tsv
: >own/pairs.tsv
: >own/block.tsv
vanity build -q --lexicon own -o all.mdb
vanity top -q -i all.mdb -n 4
vanity top -q -i all.mdb -n 4 --all
vanity top -q -i all.mdb -n 2 --prefix 1
rm all.mdb
