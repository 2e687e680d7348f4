#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots kernel and archive in QEMU's model of the Raspberry Pi 3, whose device tree it compiles first; what follows the
# command line is for QEMU.  Becomes QEMU, and leaves no file.
set -eu

if [ $# -lt 3 ]; then
	echo "usage: $0 KERNEL ARCHIVE 'COMMAND LINE' [QEMU'S OPTIONS]" >&2
	exit 2
fi
kernel=$1 archive=$2 command_line=$3
shift 3

tree=$(mktemp)
trap 'rm -f "$tree"' EXIT
dtc -q -I dts -O dtb -o "$tree" "$(dirname "$(realpath "$0")")/raspberry-pi-3.dts"
exec 3< "$tree"
rm -f "$tree"
exec qemu-system-aarch64 -M raspi3b -nographic -kernel "$kernel" -initrd "$archive" -append "$command_line" \
	-dtb /proc/self/fd/3 "$@"
