# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of passcheck for bash. Options, verbs, formats and ids are those of the program
# installed.

_passcheck_verbs() {
	"$1" --help 2>/dev/null | sed -n 's/^  passcheck \[\{0,1\}\([a-z]*\).*/\1/p'
}

# What the help calls the first operand of a verb.
_passcheck_operand() {
	"$1" --help 2>/dev/null | sed -n "s/^  passcheck \\[\{0,1\}$2]\{0,1\} \\[\{0,1\}\([A-Z]*\).*/\1/p"
}

_passcheck_options() {
	"$1" --help 2>/dev/null | sed -n 's/^  .. \(--[a-z-]*\).*/\1/p'
}

# What the help calls the argument of an option; nothing where it takes none.
_passcheck_argument() {
	"$1" --help 2>/dev/null | awk -v option="$2" '/^  .. --/ {
		name = $1 ~ /^--/ ? 1 : 2
		if (($1 == option || $name == option) && $(name + 1) ~ /^[A-Z]/)
			print $(name + 1)
	}'
}

# The formats of what a verb writes; without a verb, those of an audit.
_passcheck_formats() {
	"$1" --help 2>/dev/null | awk -v verb="${2:-audit}" '
	/^[^ ]/ { inside = /^Formats/ }
	inside && /^  [a-z]/ { wanted = $1 == verb; sub(/^  [a-z]+/, "") }
	inside && wanted {
		count = split($0, items, ",")
		for (i = 1; i <= count; i++)
			if (split(items[i], words, " "))
				print words[1]
	}'
}

_passcheck_check_ids() {
	"$1" checks 2>/dev/null | sed -n 's/^\([a-z0-9-]*\):.*/\1/p'
}

_passcheck_ids() {
	"$1" checks 2>/dev/null | sed -n 's/^ *\([a-z0-9.-]*\).*/\1/p'
}

_passcheck_functions() {
	local path
	printf '%s\n' gpu vga display nic network nvme storage fc usb audio qat accelerator
	for path in /sys/bus/pci/devices/*; do
		[ -e "$path" ] && printf '%s\n' "${path##*/}"
	done
	for path in /sys/class/net/*/device; do
		[ -e "$path" ] && path=${path%/device} && printf '%s\n' "${path##*/}"
	done
}

_passcheck() {
	local program=$1 line=${COMP_LINE:0:COMP_POINT}
	local cur=${line##*[[:space:]]} list='' prefix='' verb='' word
	local -a words
	read -ra words <<< "${line%"$cur"}"
	local previous=${words[${#words[@]} - 1]} argument=''

	for word in "${words[@]:1}"; do
		if _passcheck_verbs "$program" | grep -qxF -e "$word"; then
			verb=$word
			break
		fi
	done
	# --option=value completes as --option value does.
	if [[ $cur == --*=* ]]; then
		previous=${cur%%=*} prefix=${cur%%=*}=
	fi
	[[ $previous == -* ]] && argument=$(_passcheck_argument "$program" "$previous")
	case $previous:$argument in
	--format:*) list=$(_passcheck_formats "$program" "$verb") ;;
	--fail-on:*) list='warn unknown' ;;
	--color:*) list='auto always never' ;;
	--lun:*) list='hostdev disk volume' ;;
	--how:*) list='boot managed now' ;;
	--for:*) list='libvirt qemu proxmox kubevirt nova incus cloud-hypervisor' ;;
	--require:*) list='passthrough= vfs= isolated= interrupt-remapping' ;;
	--check:*)
		word=${cur#"$prefix"}
		[[ $word == *,* ]] && prefix+=${word%,*},
		list=$(_passcheck_check_ids "$program") ;;
	*:FILE | *:PATH)
		mapfile -t COMPREPLY < <(compgen -f -- "${cur#"$prefix"}")
		compopt -o filenames 2>/dev/null
		return ;;
	*:DIR)
		mapfile -t COMPREPLY < <(compgen -d -- "${cur#"$prefix"}")
		compopt -o filenames 2>/dev/null
		return ;;
	*:?*) return ;;
	*)
		case $cur:$verb:$(_passcheck_operand "$program" "${verb:-audit}") in
		-*) list=$(_passcheck_options "$program") ;;
		*::*) list="$(_passcheck_verbs "$program") $(_passcheck_functions)" ;;
		*:FUNCTION) list=$(_passcheck_functions) ;;
		*:ID) list=$(_passcheck_ids "$program") ;;
		*:FILE | *:OLD)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			compopt -o filenames 2>/dev/null
			return ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$list" -- "${cur#"$prefix"}")
	# bash replaces only what follows the last of its word breaks.
	word=${cur%"${cur##*[:=]}"}
	[[ $COMP_WORDBREAKS == *:* && -n $word ]] && COMPREPLY=("${COMPREPLY[@]#"$word"}")
	return 0
}

complete -F _passcheck passcheck
