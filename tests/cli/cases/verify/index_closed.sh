. "$SOURCE/tests/cli/as_nobody.sh"
chmod 0 p356.mdb
as_nobody vanity verify -i p356.mdb
