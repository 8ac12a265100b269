# What would go to a closed descriptor must not go into the index.
vanity build --json -q -o new.mdb --prefix 3569 <&- >&- 2>&-
echo $?
vanity verify -i new.mdb
