vanity build -o folder.mdb --prefix 3569
