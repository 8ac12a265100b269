vanity build -o new.mdb --lexicon own --language es
