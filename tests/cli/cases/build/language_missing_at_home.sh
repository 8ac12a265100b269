XDG_DATA_HOME='' HOME=/none vanity build -o new.mdb --language es
