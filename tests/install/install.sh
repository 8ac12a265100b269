#!/bin/sh
# install.sh BUILD COMPILER [FLAG...]: installs the build into a new folder,
# moves it, builds a small program against it with pkg-config and another with
# find_package, and runs both.
set -eu

build=$1
compiler=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

expect_flowers() {
    said=$("$1")
    if [ "$said" != FLOWERS ]; then
        echo "$1 says '$said', not FLOWERS" >&2
        exit 1
    fi
}

cmake --install "$build" --prefix "$work/first" >"$work/log"
mv "$work/first" "$work/moved"
test -x "$work/moved/bin/vanity"
"$work/moved/bin/vanity" --version

pc=$(find "$work/moved" -name vanity.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # lists of flags
"$compiler" -std=c17 "$@" "$here/consumer.c" -o "$work/by_pkg_config" \
    $(pkg-config --cflags --libs vanity)
expect_flowers "$work/by_pkg_config"

cmake -G Ninja -S "$here/find_package" -B "$work/cmake" \
    -DCMAKE_C_COMPILER="$compiler" -DCMAKE_C_FLAGS="$*" \
    -DCMAKE_PREFIX_PATH="$work/moved" >"$work/log"
cmake --build "$work/cmake" >"$work/log"
expect_flowers "$work/cmake/consumer"
echo "pkg-config and find_package: both build and run"
