printf "%s\n" 3560000 1-800-356-9377 3569377 +442073562555 >n.txt
vanity rank -i p356.mdb n.txt
