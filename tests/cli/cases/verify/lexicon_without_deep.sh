vanity verify --lexicon own -i own.mdb
