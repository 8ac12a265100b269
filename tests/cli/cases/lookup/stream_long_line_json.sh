(head -c 300 /dev/zero | tr "\0" 5; printf "\n3569377\n") |
    vanity lookup -i p356.mdb --top 1 --json -
