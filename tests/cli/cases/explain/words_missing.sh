vanity explain --words none.txt 3569377
