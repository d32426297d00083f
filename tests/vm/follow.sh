# Follows plans to the letter, as a person does who pastes them. Sourced; what it saw goes to /out.

# What plans change of a running host: the driver, the override and the VFs of each function.
state() {
	for function in /sys/bus/pci/devices/*; do
		driver=$(readlink "$function/driver") || driver=none
		override=$(cat "$function/driver_override")
		vfs=$(cat "$function/sriov_numvfs" 2>/dev/null) || vfs=none
		echo "${function##*/} driver=${driver##*/} override=$override vfs=$vfs"
	done
}

# The files of /etc: what each is, who may do what with it, and what it holds.
configuration() {
	find /etc -exec stat -c '%N %f %u %g' {} + | sort
	find /etc -type f -exec sha256sum {} + | sort
}

# see NAME
see() {
	state > "/out/$1.state"
	[ ! -d /etc ] || configuration > "/out/$1.etc"
	passcheck --format json > "/out/$1.json" 2> "/out/$1.err"
	echo $? > "/out/$1.code"
}

# edit NAME EXPRESSION: sed changes the command line of the next boot, and GRUB's own configuration is
# made anew.
edit() {
	sed -i "$2" /etc/default/grub
	run "$1" -c update-grub
	see "$1"
}

# came NAME: what the kernel of this boot came to.
came() {
	see "$1"
	probe state > "/out/$1-kernel.txt"
}

# open NAME FUNCTION: whether VFIO has it, and gives it to who asks.
open() {
	probe open "$2" > "/out/$1-open.txt"
}

# differ NAME BEFORE AFTER: NAME.diff tells how passcheck sees two of those.
differ() {
	passcheck diff --format json "/out/$2.json" "/out/$3.json" > "/out/$1.diff" 2>&1
}

# run NAME SCRIPT ARGUMENT...: NAME.log ends with how it went.
run() {
	name=$1
	shift
	sh "$@" > "/out/$name.log" 2>&1
	echo "exit $?" >> "/out/$name.log"
}

# commands STAGES: those of the steps below these headings of a plan, up to a reboot. Those of other
# ways stand behind an "or".
commands() {
	awk -v stages="^($1)\$" \
		'/^[^ ]/ { there = $0 ~ stages }
		 /^ *[0-9]+\. / { other = 0 }
		 /^    or / { other = 1 }
		 /^      systemctl reboot$/ { exit }
		 there && !other && /^      / { print substr($0, 7) }'
}

HOST='For the next boot|Now|To keep it so over reboots|At the next boot, too'

# follow NAME ARGUMENT...: what `passcheck plan ARGUMENT...` prints for the host is run.
follow() {
	name=$1
	shift
	passcheck plan "$@" > "/out/$name.plan" 2>&1
	commands "$HOST" < "/out/$name.plan" > "/out/$name.sh"
	run "$name" -ex "/out/$name.sh"
}

# follow_back NAME PLAN: the way back that the plan of that name told, with what its --undo prints.
follow_back() {
	commands 'To take it back later' < "/out/$2.plan" | while read -r line; do
		case $line in
		passcheck\ *) sh -c "$line" 2>&1 | tee -a "/out/$1.plan" | commands "$HOST" ;;
		*) echo "$line" ;;
		esac
	done > "/out/$1.sh"
	run "$1" -ex "/out/$1.sh"
}

# follow_to_guest NAME ARGUMENT...: as follow, and what it prints for the guest. Its way back is
# /out/NAME-back.sh.
follow_to_guest() {
	name=$1
	shift
	passcheck plan "$@" > "/out/$name.plan" 2>&1
	commands "$HOST|To assign it to the guest" < "/out/$name.plan" > "/out/$name.sh"
	commands 'To take it back later' < "/out/$name.plan" > "/out/$name-back.sh"
	run "$name" -ex "/out/$name.sh"
}

# define DOMAIN: a guest of libvirt that needs no KVM, and has nothing to boot from.
define() {
	printf '%s\n' "<domain type='qemu'><name>$1</name><memory unit='MiB'>64</memory>" \
		"<os><type arch='x86_64' machine='q35'>hvm</type></os></domain>" > "/tmp/$1.xml"
	run "define-$1" -ec "virsh define /tmp/$1.xml"
}

# held NAME: which files of VFIO the guest's QEMU has open.
held() {
	ls -l /proc/"$(pidof qemu-system-x86_64)"/fd 2>&1 | sed -n 's|.* -> \(/dev/vfio/.*\)|\1|p' \
		> "/out/$1.held"
}

# follow_as NAME DRIVER ARGUMENT... FUNCTION: the plan for this host, were DRIVER the function's.
follow_as() {
	name=$1 driver=$2
	shift 2
	for last in "$@"; do :; done
	passcheck capture -o /tmp/as > "/out/$name.capture" 2>&1
	ln -sfn "../../../../bus/pci/drivers/$driver" "/tmp/as$(realpath "/sys/bus/pci/devices/$last")/driver"
	passcheck --root /tmp/as plan "$@" > "/out/$name.plan" 2>&1
	commands "$HOST" < "/out/$name.plan" > "/out/$name.sh"
	run "$name" -ex "/out/$name.sh"
	rm -r /tmp/as
}

# own_by_unit PF COUNT: a unit of systemd makes its VFs, now and at every boot.
own_by_unit() {
	printf '%s\n' '[Unit]' 'After=systemd-udev-settle.service' 'Before=life.service' '[Service]' 'Type=oneshot' \
		"ExecStart=/bin/sh -c 'echo $2 > /sys/bus/pci/devices/$1/sriov_numvfs'" \
		'[Install]' 'WantedBy=multi-user.target' > /etc/systemd/system/vfs.service
	systemctl -q enable vfs.service
	systemctl start vfs.service
}

# disown_by_unit PF
disown_by_unit() {
	systemctl -q disable vfs.service
	rm /etc/systemd/system/vfs.service
	echo 0 > "/sys/bus/pci/devices/$1/sriov_numvfs"
}

# there_and_back ARGUMENT... FUNCTION: by hand, and by the script that a plan can be.
there_and_back() {
	for last in "$@"; do :; done
	see untouched
	follow now --how now "$@"
	see now-there
	open now "$last"
	follow_back now-undo now
	see now-back
	differ now untouched now-back

	passcheck plan --how now --format sh "$@" > /out/plan.sh
	run script -e /out/plan.sh
	run script-again -e /out/plan.sh
	see script-there
	open script "$last"
	run script-undo -e /out/plan.sh undo
	see script-back
	differ script untouched script-back
}
