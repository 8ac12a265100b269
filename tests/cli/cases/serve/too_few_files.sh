(ulimit -n 100; vanity serve -i p356.mdb --no-log --threads 2 --max-connections 200)
