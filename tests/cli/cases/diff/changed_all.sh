vanity diff -q p356.mdb own.mdb >lines
code=$?
vanity diff --count p356.mdb own.mdb >counts
# changed + added + removed are the lines
[ "$(wc -l <lines)" -eq "$(awk '/ed\t/ && !/^compared/ { n += $2 }
    END { print n }' counts)" ] && echo as many
exit $code
