cp p356.mdb real.mdb
ln -s real.mdb link
vanity build -q -o link --prefix 3569
test -L link && vanity info -i real.mdb | grep ^prefix
