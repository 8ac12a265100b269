. "$SOURCE/tests/cli/as_nobody.sh"
echo 3569377 >numbers.txt
chmod 0 numbers.txt
as_nobody vanity rank -i p356.mdb numbers.txt
