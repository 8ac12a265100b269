vanity explain --words words.txt 3569377 | head -n 8
