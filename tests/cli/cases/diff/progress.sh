show() {
    python3 "$SOURCE/tests/cli/show_progress.py" --jump "$@"
}
show vanity diff p356.mdb own.mdb
show --both vanity diff -n 1 p356.mdb own.mdb
show --both vanity diff --count p356.mdb own.mdb
