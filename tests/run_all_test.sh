#!/bin/bash
# tools/test itself, with every tool that it runs replaced by one of ours: what
# failed or never ran is named, and counted, at its end.
# Usage: run_all_test.sh PROJECT
set -eu

project=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tools" "$work/bin" "$work/build/fuzz/tests/fuzz"
cp "$project/tools/test" "$work/tools/test"

# fake FILE: a program of ours, from standard input.
fake() {
    { printf '#!/bin/bash\n'; cat; } >"$work/$1"
    chmod +x "$work/$1"
}

fake tools/packages <<'END'
[ "$CASE" != packages ]
END
fake tools/check-style <<'END'
[ "$CASE" != style ]
END
fake bin/cmake <<'END'
[ "$CASE" != build ] || [ "$*" != "--build build/tsan -- --quiet" ]
END
fake bin/ctest <<'END'
if [ "$CASE" = killed ] && [[ "$*" == *build/sanitize* ]]; then
    kill -9 $$
elif [ "$CASE" = failed ] && [[ "$*" == *build/release* ]]; then
    printf '50%% tests passed, 1 tests failed out of 2\n'
    printf '\nThe following tests FAILED:\n\t 12 - some_test (Timeout)\n'
    exit 8
elif [ "$CASE" = stopped ]; then
    kill -TERM $PPID
fi
printf '100%% tests passed, 0 tests failed out of 2\n'
END
fake build/fuzz/tests/fuzz/fuzz_some <<'END'
[ "$CASE" != fuzz ]
END

# expect CASE CODE LINE...: lines of the report, without the time it took.
expect() {
    local name=$1 code=$2 got=0
    shift 2

    PATH=$work/bin:$PATH CASE=$name "$work/tools/test" >"$work/out" 2>&1 ||
        got=$?
    sed -n 's/^tools\/test: //p' "$work/out" |
        sed 's/ ([0-9]* min [0-9]* s)$//' >"$work/said"
    printf '%s\n' "$@" >"$work/wanted"
    if [ "$got" -ne "$code" ] ||
        ! diff -u "$work/wanted" "$work/said"; then
        printf 'FAILED: %s: exit code %d, not %d\n' "$name" "$got" "$code"
        cat "$work/out"
        exit 1
    fi
}

not_run='not run to the end'
logs=build/logs
expect good 0 '8 passed, 0 failed'
expect packages 1 \
    "$not_run: all tests: packages are missing, see $logs/packages.log" \
    '0 passed, 0 failed'
expect style 1 "failed: style, see $logs/style.log" '7 passed, 1 failed'
expect failed 8 \
    "failed: release: some_test (Timeout), see $logs/test-release.log" \
    '7 passed, 1 failed'
expect killed 137 \
    "$not_run: test sanitize: ctest printed no totals, see \
$logs/test-sanitize.log" \
    '6 passed, 0 failed'
expect build 1 \
    "$not_run: test tsan: the build failed, see $logs/build-tsan.log" \
    '6 passed, 0 failed'
expect fuzz 1 "failed: fuzz some, see $logs/fuzz-some.log" '7 passed, 1 failed'
expect stopped 3 \
    "$not_run: what follows: ended by a signal, see $logs/test-release.log" \
    '1 passed, 0 failed'
