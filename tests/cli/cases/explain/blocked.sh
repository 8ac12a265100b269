vanity explain --block block.txt 3569377 | grep -c FLOWER-7
