show() {
    python3 "$SOURCE/tests/cli/show_progress.py" --jump "$@"
}
seq 3560000 3569999 >numbers.txt
echo file
show vanity lookup -i p356.mdb - <numbers.txt
wc -l <answers
echo pipe
cat numbers.txt | show vanity lookup -i p356.mdb -
cat numbers.txt | show --columns 20 vanity lookup -i p356.mdb - | grep fits
cat numbers.txt | show --columns 19 vanity lookup -i p356.mdb -
echo answers on the terminal
head -n 100 numbers.txt | show --both vanity lookup -i p356.mdb --top 1 - | sort -u | wc -l
echo quiet
cat numbers.txt | show vanity lookup -q -i p356.mdb -
