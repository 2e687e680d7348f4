#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots kernel and archive in Bochs, which has what QEMU's TCG lacks (PCID, INVPCID), from an image that GRUB starts.  The
# serial console goes to standard output.  Two runs are identical: Bochs counts instructions, not time (clock: sync=none).
# With BOCHS_SERIAL, a terminal such as /dev/pts/3, the serial console is that one, for input, too.
# Needs bochs, bochs-term, bochsbios, vgabios, and what grub-iso.sh needs.
set -eu

if [ $# -lt 2 ]; then
	echo "usage: $0 KERNEL ARCHIVE [COMMAND LINE]" >&2
	exit 2
fi
kernel=$(realpath "$1") archive=$(realpath "$2")
here=$(dirname "$(realpath "$0")")

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$here/grub-iso.sh" "$kernel" "$archive" "$folder/kite.iso" "${3-}"
cd "$folder"
serial=${BOCHS_SERIAL:+mode=term, dev=$BOCHS_SERIAL}
: "${serial:=mode=file, dev=console}"
cat > bochsrc <<END
cpu: model=${BOCHS_CPU:-corei7_skylake_x}, ips=190000000, reset_on_triple_fault=0
clock: sync=none
megs: 256
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0-master: type=cdrom, path=kite.iso, status=inserted
boot: cdrom
com1: enabled=1, $serial
port_e9_hack: enabled=1
display_library: term
log: log
panic: action=fatal
error: action=ignore
info: action=ignore
END
echo continue > commands                                # Debian's Bochs starts in its debugger
: > console

# The only display there is wants a terminal: script makes one.  It ends when the guest writes "Shutdown" to port 0x8900,
# in Bochs's words with a panic; SIGKILL, because nothing else ends a Bochs that does not want to.
TERM=vt100 timeout -s KILL "${BOCHS_SECONDS:-120}" script -qfec "bochs -q -f bochsrc -unlock -rc commands" /dev/null \
	< /dev/null > screen 2>&1 &
tail -f -s 0.1 -n +1 --pid=$! console
if ! grep -q '^halt ' console; then
	echo "bochs ended without the kernel's last word; its log:" >&2
	tail -n 5 log screen >&2 || :
	exit 1
fi
