mkdir own
printf 'flowers\t-28\nflower\t10\nshop\t5\n' >own/words.tsv
printf 'flower\tshop\t100\n' >own/pairs.tsv
printf 'shop\tS\tauthored\n' >own/block.tsv
vanity build -q -o new.mdb --prefix 3569 --lexicon own
vanity lookup -i new.mdb 3569377
vanity info -i new.mdb --json | grep -o '"lexicon_version":"own-\|"model":"[^"]*"'
vanity verify -q -i new.mdb --deep --lexicon own/ &&
    echo "made of the same"
printf 'vanity-model 1\nname own\ndigit_other -170\n' >own/model
vanity verify -q -i new.mdb --deep --lexicon own 2>/dev/null ||
    echo "the model counts"
VANITY_LEXICONS=. vanity build -q -o new.mdb --prefix 3569 --language own
vanity info -i new.mdb --json | grep -o '"lexicon_version":"own-\|"model":"[^"]*"'
