# shellcheck shell=bash
# complete_words WORD...: what bash would offer for the last word.
. "$SOURCE/tools/completion/vanity.bash"

complete_words() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _vanity
    printf '%s\n' "${COMPREPLY[@]}"
}
