vanity rank -i p356.mdb folder.mdb
