show() {
    python3 "$SOURCE/tests/cli/show_progress.py" --jump "$@"
}
show vanity verify -i p356.mdb
show vanity verify --deep -i p356.mdb
show vanity verify -q -i p356.mdb
