name=$'a\e[31m\n\x80'
cp p356.mdb "$name"
vanity info -i "$name" | head -n 1
