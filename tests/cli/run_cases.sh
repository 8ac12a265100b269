#!/bin/bash
# Runs the golden cases of one group: each NAME.sh in an own folder, beside
# links to the fixtures; compares standard output with NAME.out, standard error
# with NAME.err and the exit code with NAME.exit (no file: nothing, 0).
# Usage: run_cases.sh VANITY FIXTURES WORK GROUP [--update]
set -u
vanity=$(realpath "$1") fixtures=$(realpath "$2") work=$3 group=$4
update=${5-}
cases=$(dirname "$(realpath "$0")")/cases/$group

PATH=$(dirname "$vanity"):$PATH
export PATH LC_ALL=C
export SOURCE=${cases%/tests/cli/cases/*}
unset VANITY_INDEX

# differs EXPECTED ACTUAL: shows how, if they do; a missing file is empty.
differs() {
    local expected=$1

    [ -e "$expected" ] || expected=/dev/null
    ! diff -u "$expected" "$2"
}

# keep ACTUAL EXPECTED: an empty result needs no file.
keep() {
    if [ -s "$1" ]; then
        cp "$1" "$2"
    else
        rm -f "$2"
    fi
}

rm -rf "${work:?}/$group"
mkdir -p "$work/$group"
work=$(realpath "$work/$group")
failed=0
count=0
for script in "$cases"/*.sh; do
    name=$(basename "$script" .sh)
    expected=$cases/$name
    mkdir "$work/$name.dir"
    ln -s "$fixtures"/* "$work/$name.dir"
    (
        cd "$work/$name.dir" || exit 99
        bash "$script" </dev/null >"$work/$name.out" 2>"$work/$name.err"
        code=$?
        [ $code -eq 0 ] || echo $code >"$work/$name.exit"
    )
    touch "$work/$name.exit"
    count=$((count + 1))
    for kind in out err exit; do
        if [ "$update" = --update ]; then
            keep "$work/$name.$kind" "$expected.$kind"
        elif differs "$expected.$kind" "$work/$name.$kind"; then
            echo "FAILED: $group/$name: .$kind is not as expected"
            failed=1
        fi
    done
done
if [ $count -eq 0 ]; then
    echo "no cases in $cases"
    exit 1
fi
echo "$group: $count cases"
exit $failed
