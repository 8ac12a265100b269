python3 "$SOURCE/tests/cli/show_progress.py" --stop vanity build -o new.mdb
python3 "$SOURCE/tests/cli/show_progress.py" --jump vanity build -q -o new.mdb --prefix 3
