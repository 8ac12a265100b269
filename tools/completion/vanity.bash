# bash completion for vanity: commands, their options, and files.

_vanity_options() {
    local all="--json --quiet --help --usage --version"
    local lexicon="--words= --block= --model= --skip-bad"

    case $1 in
    build) echo "--output= --prefix= --threads= $lexicon $all" ;;
    lookup) echo "--index= --top= $all" ;;
    explain) echo "$lexicon $all" ;;
    rank) echo "--index= --limit= $all" ;;
    top) echo "--index= --limit= --prefix= $all" ;;
    info) echo "--index= $all" ;;
    verify) echo "--index= --deep --threads= $lexicon $all" ;;
    diff) echo "--count --limit= $all" ;;
    esac
}

_vanity() {
    local commands="build lookup explain rank top info verify diff help"
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" \
            -- "$word")
        return
    fi
    # "--words=FI" comes as the three words "--words", "=", "FI".
    if [ "$word" = = ]; then
        word=
    elif [ "$before" = = ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [ "${COMP_WORDS[1]}" = help ]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
        return
    fi
    case $before in
    --prefix | --threads | --top | --limit | -n) # a number: nothing to offer
        return
        ;;
    esac
    case $word in
    -*)
        mapfile -t COMPREPLY < <(compgen -W \
            "$(_vanity_options "${COMP_WORDS[1]}")" -- "$word")
        # No blank behind "--words=": its value follows.
        case ${COMPREPLY[0]-} in
        *=) compopt -o nospace 2>/dev/null ;;
        esac
        ;;
    *)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        ;;
    esac
}

complete -F _vanity vanity
