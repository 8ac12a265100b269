vanity build -q --json -o new.mdb --prefix 356937 --threads 1 |
    sed -E "s/[0-9a-f]{16}/HASH/; s/\"elapsed_ms\":[0-9]*/\"elapsed_ms\":N/"
