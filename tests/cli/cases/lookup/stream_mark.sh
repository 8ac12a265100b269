printf "\357\273\2773569377\n" | vanity lookup -i p356.mdb --top 1 -
