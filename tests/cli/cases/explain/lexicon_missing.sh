vanity explain --lexicon none 3569377
