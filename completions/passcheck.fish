# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of passcheck for fish. Verbs and ids are those of the program installed.

function __passcheck_verbs
    passcheck --help 2>/dev/null | string match -rg '^  passcheck \[?([a-z]+)'
end

function __passcheck_verb_is
    set -l verbs (__passcheck_verbs)
    for word in (commandline -opc)[2..]
        if contains -- $word $verbs
            contains -- $word $argv
            return
        end
    end
    contains -- none $argv
end

function __passcheck_functions
    printf '%s\n' gpu nic nvme fc
    for device in /sys/bus/pci/devices/*
        string replace -r '.*/' '' $device
    end
    for device in /sys/class/net/*/device
        string replace -r '.*/(.*)/device' '$1' $device
    end
end

function __passcheck_check_ids
    passcheck checks 2>/dev/null | string match -rg '^([a-z0-9-]+):'
end

function __passcheck_ids
    passcheck checks 2>/dev/null | string match -rg '^ *([a-z0-9.-]+)'
end

complete -c passcheck -f
complete -c passcheck -n '__passcheck_verb_is none' -a '(__passcheck_verbs)'
complete -c passcheck -n '__passcheck_verb_is none audit plan' -a '(__passcheck_functions)'
complete -c passcheck -n '__passcheck_verb_is explain' -a '(__passcheck_ids)'
complete -c passcheck -n '__passcheck_verb_is domain diff' -F

for line in (passcheck --help 2>/dev/null | string match -r '^  .. --.*')
    set -l option (string match -rg -- '^  (.)(.) --([\w-]+)((?: [A-Z]\S*)?) +(\S.*)$' $line)
    set -l arguments -c passcheck -l $option[3] -d $option[5]
    test $option[1] = - && set -a arguments -s $option[2]
    switch $option[3]
        case root requirements output
            set -a arguments -r -F
        case '*'
            test -n "$option[4]" && set -a arguments -x
    end
    switch $option[3]
        case split
            set -a arguments -a '(__fish_complete_directories)'
        case format
            set -a arguments -a 'text json xml'
        case fail-on
            set -a arguments -a 'warn unknown'
        case lun
            set -a arguments -a 'hostdev disk volume'
        case color
            set -a arguments -a 'auto always never'
        case check
            set -a arguments -a '(__fish_append , (__passcheck_check_ids))'
        case require
            set -a arguments -a 'passthrough= vfs= isolated= interrupt-remapping'
    end
    complete $arguments
end
