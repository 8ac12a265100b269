. "$SOURCE/tests/cli/as_nobody.sh"
chmod 0 p356.mdb
as_nobody vanity lookup -i p356.mdb 3569377
