name=$'a\e[31m\tb\xff\xc2\x9bc\xc3\xa9'
echo zzyzx >"$name"
vanity build -q -o new.mdb --prefix 3569 --words "$name"
vanity verify --deep -i new.mdb 2>&1 | grep -ao "'a.*'"
