vanity rank -
