# bash completion for vanity: commands, their options, and files.

_vanity_options() {
    local all="--json --quiet --help --usage --version"
    local lexicon="--words= --block= --model= --skip-bad --lexicon="
    local aws="--table= --region= --profile= --endpoint-url= --debug"
    local prices="--price-write= --price-provisioned= --price-import="
    local load="--since --prefix= --from-export= --dry-run --resume --restart"

    lexicon="$lexicon --language="
    aws="$aws $all"
    prices="$prices --price-storage="
    load="$load --checkpoint= --force --no-keep --max-wcu= --in-flight="
    load="$load --dead-letters= --max-bad= --stall= --metrics= --prometheus="

    case $1 in
    build) echo "--output= --prefix= --threads= $lexicon $all" ;;
    lookup) echo "--index= --top= --ssml $all" ;;
    explain) echo "$lexicon $all" ;;
    rank) echo "--index= --limit= $all" ;;
    top) echo "--index= --limit= --prefix= --all $all" ;;
    info) echo "--index= $all" ;;
    verify) echo "--index= --deep --threads= $lexicon $all" ;;
    diff) echo "--count --limit= $all" ;;
    load) echo "--index= $load --progress= $prices $aws" ;;
    export)
        echo "--index= --output= --compress= --level= --items-per-object=" \
            "--threads= --prefix= --table= $all"
        ;;
    check)
        echo "--index= --sample= --count --full --repair --seed= --prefix=" \
            "--max-wcu= $aws"
        ;;
    table)
        echo "--wcu= --rcu= --pitr --deletion-protection --tag= --yes" \
            "$prices $aws"
        ;;
    serve)
        echo "--index= --listen= --threads= --max-connections= --timeout=" \
            "--host= --log= --no-log --keep= --access-log= $all"
        ;;
    site) echo "--index= $all" ;;
    esac
}

_vanity() {
    local commands="build lookup explain rank top info verify diff load"
    commands="$commands export check table serve site help"
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
    # A number or a name: nothing to offer.
    --prefix | --threads | --top | --limit | -n | --level | --items-per-object | \
        --sample | --seed | --max-wcu | --in-flight | --max-bad | --stall | \
        --wcu | --rcu | --tag | --table | --region | --profile | \
        --endpoint-url | --price-* | --listen | --max-connections | \
        --timeout | --host | --keep | --language)
        return
        ;;
    --compress)
        mapfile -t COMPREPLY < <(compgen -W "zstd gzip none" -- "$word")
        return
        ;;
    --progress)
        mapfile -t COMPREPLY < <(compgen -W "line json none" -- "$word")
        return
        ;;
    esac
    if [ "$COMP_CWORD" -eq 2 ] && [ "${COMP_WORDS[1]}" = table ] &&
        [[ $word != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "create describe drop" -- "$word")
        return
    fi
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
