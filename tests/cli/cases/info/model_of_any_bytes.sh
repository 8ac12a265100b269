printf 'vanity-model 1\nname odd\302\233 \303\251\ndigit_other -200\n' >model.txt
vanity build -q -o new.mdb --prefix 3569 --model model.txt
vanity info -i new.mdb | grep -a ^model
vanity verify --deep -i new.mdb 2>&1 | grep -ao 'model [^,]*,'
