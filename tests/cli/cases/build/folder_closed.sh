. "$SOURCE/tests/cli/as_nobody.sh"
mkdir shelf
chmod 555 shelf
as_nobody vanity build -q -o shelf/new.mdb --prefix 3569
code=$?
ls -A shelf
exit $code
