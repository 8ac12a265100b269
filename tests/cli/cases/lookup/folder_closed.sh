. "$SOURCE/tests/cli/as_nobody.sh"
mkdir closed
mv p356.mdb closed
chmod 0 closed
as_nobody vanity lookup -i closed/p356.mdb 3569377
