. "$SOURCE/tests/cli/as_nobody.sh"
echo zzyzx >words.txt
chmod 0 words.txt
as_nobody vanity build -q -o new.mdb --prefix 3569 --words words.txt
