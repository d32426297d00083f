# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of passcheck for fish. Options, verbs, formats and ids are those of the program
# installed.

function __passcheck_verbs
    passcheck --help 2>/dev/null | string match -rg '^  passcheck \[?([a-z]+)'
end

# The verb on the line; without one, the audit that it implies.
function __passcheck_verb
    set -l verbs (__passcheck_verbs)
    for word in (commandline -opc)[2..]
        if contains -- $word $verbs
            echo $word
            return
        end
    end
    test "$argv" = spoken || echo audit
end

# What the help calls the first operand of the verb.
function __passcheck_operand_is
    set -l verb (__passcheck_verb)
    contains -- (passcheck --help 2>/dev/null | string match -rg "^  passcheck \\[?$verb\\]? \\[?([A-Z]+)") $argv
end

# The formats of what the verb writes.
function __passcheck_formats
    set -l verb (__passcheck_verb)
    set -l inside
    set -l found
    for line in (passcheck --help 2>/dev/null)
        if string match -qr '^\S' -- $line
            set inside (string match -r '^Formats' -- $line)
        else if test -n "$inside"
            string match -qr '^  [a-z]' -- $line
            and set found (string match -rg '^  ([a-z]+) ' -- $line)
            test "$found" = $verb
            and string replace -r '^  [a-z]+ ' '' -- $line | string split , | string match -rg '^ *([a-z0-9-]+)'
        end
    end
end

function __passcheck_functions
    printf '%s\n' gpu vga display nic network nvme storage fc usb audio qat accelerator
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
complete -c passcheck -n 'test -z (__passcheck_verb spoken)' -a '(__passcheck_verbs)'
complete -c passcheck -n '__passcheck_operand_is FUNCTION' -a '(__passcheck_functions)'
complete -c passcheck -n '__passcheck_operand_is ID' -a '(__passcheck_ids)'
complete -c passcheck -n '__passcheck_operand_is FILE OLD' -F

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
        case how
            set -a arguments -a 'boot managed now'
        case for
            set -a arguments -a 'libvirt qemu proxmox kubevirt nova incus cloud-hypervisor'
        case color
            set -a arguments -a 'auto always never'
        case check
            set -a arguments -a '(__fish_append , (__passcheck_check_ids))'
        case require
            set -a arguments -a 'passthrough= vfs= isolated= interrupt-remapping'
    end
    complete $arguments
end
