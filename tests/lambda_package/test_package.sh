#!/bin/bash
# The zip of the Lambda: one static program for the processor, the same bytes
# from another folder at another time. Usage: test_package.sh x86_64|arm64
set -eu
arch=$1
root=$(dirname "$(realpath "$0")")/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
MOST=$((4 << 20))

fail() {
    echo "FAILED: $*"
    exit 1
}

# refused WORDS OPTION...: exit code 2 and one line that holds WORDS.
refused() {
    local words=$1 code=0
    shift
    "$root/tools/lambda/package" "$@" 2>"$work/err" >"$work/out" || code=$?
    [ $code -eq 2 ] || fail "$*: exit $code, not 2"
    [ "$(wc -l <"$work/err")" -eq 1 ] || fail "$*: more than a line"
    grep -qF -- "$words" "$work/err" || fail "$*: $(cat "$work/err")"
}

refused "--arch is x86_64 or arm64" --arch mips
refused "needs x86_64 or arm64" --arch
refused "'--fast' is no option" --fast
refused "-o needs the name" -o
(export SOURCE_DATE_EPOCH=now && refused "SOURCE_DATE_EPOCH" --arch "$arch")

"$root/tools/lambda/package" --arch "$arch" -o "$work/first.zip"

# The sources elsewhere, with the same libraries; another time and mask.
copy="$work/a copy"
mkdir -p "$copy/build/lambda/$arch"
cp -r "$root/CMakeLists.txt" "$root/engine" "$root/tools" "$copy"
ln -s "$(realpath "$root/build/lambda/$arch/root")" "$copy/build/lambda/$arch"
sleep 2.1 # a zip knows every other second
for zip in "$work/a folder/second.zip" "$copy/build/lambda/$arch/vanity.zip"; do
    (umask 077 && TZ=Asia/Tokyo LC_ALL=C "$copy/tools/lambda/package" \
        --arch "$arch" -o "$zip")
    cmp "$work/first.zip" "$zip" || fail "other bytes"
done
size=$(stat -c %s "$work/first.zip")
[ "$size" -le $MOST ] || fail "$size bytes, more than $MOST"

python3 - "$work/first.zip" "$work" <<'END'
import sys, zipfile
[entry] = zipfile.ZipFile(sys.argv[1]).infolist()
assert entry.filename == "bootstrap", entry
assert entry.external_attr >> 16 == 0o100755, oct(entry.external_attr >> 16)
assert entry.date_time == (1980, 1, 1, 0, 0, 0), entry.date_time
zipfile.ZipFile(sys.argv[1]).extract(entry, sys.argv[2])
END
case $arch in
x86_64) machine=X86-64 ;;
arm64) machine=AArch64 ;;
esac
readelf -h "$work/bootstrap" | grep -q "Machine:.*$machine" ||
    fail "not for $machine"
readelf -lW "$work/bootstrap" >"$work/segments"
! grep -qE 'INTERP|DYNAMIC' "$work/segments" || fail "not static"
[ "$(grep -ac 'BEGIN CERTIFICATE' "$work/bootstrap")" -eq 5 ] ||
    fail "not five roots"
! grep -qaF "$copy" "$work/bootstrap" || fail "the folder's name is in it"
echo "$arch: $size bytes, twice the same"
