vanity build new.mdb
