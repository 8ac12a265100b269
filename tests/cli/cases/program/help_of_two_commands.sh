vanity help lookup rank
