for ((i = 0; i < 65; i++)); do
    words+=(--words words.txt)
done
vanity build -o new.mdb --prefix 3569 "${words[@]}"
