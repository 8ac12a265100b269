# bash completion for vanity-bench: commands, their options, and files.

_vanity_bench_options() {
    local all="--help --usage --version"
    local runs="--json --repeat= --threads=" sample="--sample= --seed="
    local lexicon="--lexicon= --model="

    case $1 in
    engine) echo "--suffixes= --data= $lexicon $runs $sample $all" ;;
    index) echo "--dir= --prefix= $lexicon $runs $all" ;;
    lookup) echo "$runs $sample $all" ;;
    quality)
        echo "--index= --misses --random= --blind --choose --at-least= --judged" \
            "--seed= --json --words= --block= $lexicon $all"
        ;;
    compare)
        echo "--prefix= --benchmark= $lexicon --list= --dir= --no-times" \
            "--fail-if-slower= --fail-if-recall-drops= $runs $sample $all"
        ;;
    plot) echo "--output= --benchmark= --force $all" ;;
    tune)
        echo "--output= --folds= --seed= --penalty= --candidates= --rounds=" \
            "--floor= --max-words= --max-pairs= --level= --name= --bake=" \
            "--marks= --marks-weight= --marks-shown --also= --also-weight=" \
            "--json --threads= $all"
        ;;
    load)
        echo "--server= --prefix= --in-flight= --peer-items= $runs $all"
        ;;
    export) echo "--dir= --peer-items= $runs $all" ;;
    lambda) echo "--bootstrap= --invocations= $runs $all" ;;
    serve) echo "--seconds= --connections= --program= $runs $all" ;;
    esac
}

_vanity_bench() {
    local commands="engine index lookup quality compare plot tune load export"
    local pictures="recall scores speed build map exchanges"
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

    commands="$commands lambda serve"
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" \
            -- "$word")
        return
    fi
    # "--dir=FO" comes as the three words "--dir", "=", "FO".
    if [ "$word" = = ]; then
        word=
    elif [ "$before" = = ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $before in
    # A number or a name: nothing to offer.
    --repeat | --threads | --sample | --seed | --suffixes | --prefix | \
        --random | --at-least | --fail-if-* | --folds | --penalty | --candidates | \
        --rounds | --floor | --marks-weight | --also-weight | --max-* | --name | --in-flight | --peer-items | \
        --invocations | --seconds | --connections)
        return
        ;;
    --server)
        mapfile -t COMPREPLY < <(compgen -W "canned local dynalite" -- "$word")
        return
        ;;
    esac
    if [ "$COMP_CWORD" -eq 2 ] && [ "${COMP_WORDS[1]}" = plot ] &&
        [[ $word != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$pictures" -- "$word")
        return
    fi
    case $word in
    -*)
        mapfile -t COMPREPLY < <(compgen -W \
            "$(_vanity_bench_options "${COMP_WORDS[1]}")" -- "$word")
        # No blank behind "--dir=": its value follows.
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

complete -F _vanity_bench vanity-bench
