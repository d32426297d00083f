# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of passcheck for fish. Options, verbs, formats and ids are those of the program
# installed.

function __passcheck_verbs
    passcheck --help 2>/dev/null | string match -rg '^  passcheck \[?([a-z]+)'
end

# The formats of what the verb writes; without a verb, those of an audit.
function __passcheck_formats
    set -l verbs (__passcheck_verbs)
    set -l verb audit
    for word in (commandline -opc)[2..]
        if contains -- $word $verbs
            set verb $word
            break
        end
    end
    set -l inside
    for line in (passcheck --help 2>/dev/null)
        if string match -qr '^\S' -- $line
            set inside (string match -r '^Formats' -- $line)
        else if test -n "$inside"
            string match -qr '^  [a-z]' -- $line
            and set -l found (string match -rg '^  ([a-z]+) ' -- $line)
            and set mine $found
            test "$mine" = $verb
            and string replace -r '^  [a-z]+ ' '' -- $line | string split , | string match -rg '^ *([a-z0-9-]+)'
        end
    end
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
    switch (string trim -- $option[4])
        case FILE PATH
            set -a arguments -r -F
        case DIR
            set -a arguments -x -a '(__fish_complete_directories)'
        case '?*'
            set -a arguments -x
    end
    switch $option[3]
        case format
            set -a arguments -a '(__passcheck_formats)'
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
