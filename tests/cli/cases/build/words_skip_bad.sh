vanity build -q -o new.mdb --prefix 3569 --words bad-words.txt --skip-bad --json |
    grep -o '"skipped":[0-9]*'
