vanity rank -i version.mdb -
