python3 "$SOURCE/tests/cli/show_progress.py" vanity build -o new.mdb
python3 "$SOURCE/tests/cli/show_progress.py" vanity build -q -o new.mdb --prefix 3
