VANITY_LEXICONS=here XDG_DATA_HOME=data vanity build -o new.mdb --language es
