# Refused before any work: the missing list of words is not even looked for.
for name in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
    vanity build -q -o $name --prefix 3569 --words none.txt >out.txt
    echo $?
done
ln -s /dev/stdout link
vanity build -q -o link --prefix 3569 >out.txt
echo $?
[ ! -s out.txt ] && ls -A | grep -c building
