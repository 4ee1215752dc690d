# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of camgatectl: commands, options, directions, the DIDs that camgated knows, and the words
# that are explained.

_camgatectl_dids()
{
    "$1" cameras --json --timeout 1 2>/dev/null |
        grep -o '"did":"[^"]*"' | cut -d '"' -f 4
}

_camgatectl_words()
{
    "$1" explain --json 2>/dev/null |
        grep -o '"word":"[^"]*"' | cut -d '"' -f 4
}

_camgatectl()
{
    local word=$2 before=$3 command="" did="" camera="" skip="" i
    local commands="discover probe cameras show status import export play stop snapshot ptz preset device connectivity
        firmware location statistics config peripheral send monitor explain help"
    local moves="up down left right up-left down-left up-right down-right zoom-in zoom-out stop keys status"
    local options="--socket --timeout --json --help --version"

    case $before in
    --password-file | -p | --socket | --output | -o)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    import | export)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --speed | -s)
        mapfile -t COMPREPLY < <(compgen -W "slow medium fast" -- "$word")
        return
        ;;
    --interface | -i)
        mapfile -t COMPREPLY < <(compgen -W "$(ls /sys/class/net)" -- "$word")
        return
        ;;
    --camera | -c | --user | -u | --for | -f | --host | -H | --range | -r | --port | --timeout | -t)
        COMPREPLY=()
        return
        ;;
    esac

    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --camera | -c) camera=yes skip=yes ;;
        --user | -u | --password-file | -p | --speed | -s | --for | -f | --host | -H | \
            --range | -r | --port | --timeout | -t | --interface | -i | --socket | --output | -o) skip=yes ;;
        -*) ;;
        *)
            if [ -n "$skip" ]; then
                skip=""
            elif [ -z "$command" ]; then
                command=${COMP_WORDS[i]}
            elif [ -z "$did" ]; then
                did=${COMP_WORDS[i]}
            fi
            ;;
        esac
    done
    [ -n "$camera" ] && did=${did:-camera}

    case $command in
    probe) options+=" --user --password-file --no-move" ;;
    discover)
        options+=" --interface --host --range --port"
        options+=" --probe-all --user --password-file --no-move --csv"
        ;;
    import) options+=" --dry-run --no-move --csv" ;;
    export) options+=" --with-passwords" ;;
    play) options+=" --wait" ;;
    snapshot) options+=" --output" ;;
    ptz) options+=" --camera --user --password-file --speed --for" ;;
    preset | device | send) options+=" --camera --user --password-file" ;;
    esac

    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        return
    fi
    case $command:${did:+did} in
    : | help:) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word") ;;
    discover: | probe: | cameras: | status: | import:* | export:* | explain:did | help:*) COMPREPLY=() ;;
    explain:) mapfile -t COMPREPLY < <(compgen -W "$(_camgatectl_words "$1")" -- "$word") ;;
    *:) mapfile -t COMPREPLY < <(compgen -W "$(_camgatectl_dids "$1") gateway" -- "$word") ;;
    ptz:did) mapfile -t COMPREPLY < <(compgen -W "$moves" -- "$word") ;;
    preset:did) mapfile -t COMPREPLY < <(compgen -W "list set goto remove" -- "$word") ;;
    snapshot:did) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    show:did | play:did | stop:did | send:did | monitor:did) COMPREPLY=() ;;
    device:did) mapfile -t COMPREPLY < <(compgen -W "read write reboot" -- "$word") ;;
    firmware:did) mapfile -t COMPREPLY < <(compgen -W "read update" -- "$word") ;;
    config:did | peripheral:did) mapfile -t COMPREPLY < <(compgen -W "read write" -- "$word") ;;
    *:did) mapfile -t COMPREPLY < <(compgen -W "read" -- "$word") ;;
    esac
}

complete -F _camgatectl camgatectl
