#!/bin/sh
# Makes the folder of a lexicon that uses all of the model: the built-in one with
# usual and short words marked as common, all words by their first letter as
# nouns, verbs, function words or none, with what they earn or pay as first and
# as last ones by their second letter, and weights for what it leaves at 0.
# Usage: common_lexicon.sh DATA-DIR FOLDER
set -eu

data=$1 folder=$2
mkdir -p "$folder"
awk -F '\t' -v OFS='\t' '
    {
        flags = $2 >= -200 || (length($1) <= 3 && $2 >= -400) ? "c" : ""
        flags = flags substr("nvf", index("bcdfghjklmnpqrstvwz", substr($1, 1, 1)) % 4, 1)
        second = index("eaoirltnsucdmhpgbfykvwxzjq", substr($1, 2, 1))
        print $1, $2, flags, second * 47 % 601 - 300, second * 83 % 601 - 300
    }' "$data/words-en.tsv" >"$folder/words.tsv"
cp "$data/pairs-en.tsv" "$folder/pairs.tsv"
cp "$data/block-en.tsv" "$folder/block.tsv"
cp "$data/model-en" "$folder/model"
cat >>"$folder/model" <<'END'
common -130
lone_2.start 50
lone_2.middle 180
lone_2.end -55
run_equal.2 110
run_equal.3 140
run_sequence 120
lone_4.noun 160
lone_4.verb -100
lone_4.function 160
run_word.3 50
run_word.4 200
run_word.5 5
END
