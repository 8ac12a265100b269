show() {
    echo "$1 columns"
    python3 "$SOURCE/tests/cli/show_progress.py" --jump --columns "$1" \
        vanity verify -i p356.mdb
}
for columns in 200 80 60 40 30 20 2; do
    show $columns | grep -E 'columns|fits'
done
show 19
show 7
