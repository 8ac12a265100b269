(printf "%254s"; printf "\303\251\303\251") | vanity lookup -i p356.mdb --json - | tr -s " "
