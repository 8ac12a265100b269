. "$SOURCE/tests/cli/as_nobody.sh"
cp p356.mdb new.mdb
chmod 0 new.mdb
as_nobody vanity diff p356.mdb new.mdb
