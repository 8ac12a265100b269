show() {
    python3 "$SOURCE/tests/cli/show_progress.py" --jump "$@"
}
seq 3560000 3569999 >numbers.txt
echo file
show vanity rank -i p356.mdb numbers.txt
wc -l <answers
echo pipe
cat numbers.txt | show vanity rank -i p356.mdb -
echo message between
{ head -n 1000 numbers.txt; echo x; cat numbers.txt; } | show vanity rank -i p356.mdb -
