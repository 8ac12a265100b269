# One thread, and a line at the first look: there is a second left to stop it.
python3 "$SOURCE/tests/cli/show_progress.py" --stop --jump \
    vanity build -o new.mdb --threads 1
python3 "$SOURCE/tests/cli/show_progress.py" --jump vanity build -q -o new.mdb --prefix 3
