python3 "$SOURCE/tests/cli/show_progress.py" --jump vanity top -n 1 -i p356.mdb
cat answers
python3 "$SOURCE/tests/cli/show_progress.py" --jump vanity top -q -i p356.mdb
