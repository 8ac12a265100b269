#!/bin/sh
# Makes the folder of a lexicon in which words are common: the built-in one
# with usual and short words marked, and a weight for them.
# Usage: common_lexicon.sh DATA-DIR FOLDER
set -eu

data=$1 folder=$2
mkdir -p "$folder"
awk -F '\t' -v OFS='\t' '
    $2 >= -200 || (length($1) <= 3 && $2 >= -400) { print $1, $2, "c"; next }
    { print $1, $2 }' "$data/words-en.tsv" >"$folder/words.tsv"
cp "$data/pairs-en.tsv" "$folder/pairs.tsv"
cp "$data/block-en.tsv" "$folder/block.tsv"
grep -v '^common ' "$data/model-en" >"$folder/model"
echo 'common -130' >>"$folder/model"
