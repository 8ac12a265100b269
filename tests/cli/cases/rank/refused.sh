printf "3569377\n\nx\n4685865\n" >n.txt
vanity rank -i p356.mdb n.txt
