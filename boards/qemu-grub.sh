#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots kernel and archive in QEMU from a CD that GRUB starts; what follows the command line is for QEMU.  Becomes QEMU, so
# that whoever waits for this or ends it meets nothing else; the image is an open file without a name by then.
set -eu

if [ $# -lt 3 ]; then
	echo "usage: $0 KERNEL ARCHIVE 'COMMAND LINE' [QEMU'S OPTIONS]" >&2
	exit 2
fi
kernel=$1 archive=$2 command_line=$3
shift 3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$(dirname "$(realpath "$0")")/grub-iso.sh" "$kernel" "$archive" "$folder/kite.iso" "$command_line"
exec 3< "$folder/kite.iso"
rm -rf "$folder"
exec qemu-system-x86_64 "$@" -drive file=/proc/self/fd/3,format=raw,media=cdrom,readonly=on
