vanity build -o new.mdb --lexicon none
