#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes an image that a PC's BIOS boots from a CD or a USB stick: GRUB, which loads the kernel by multiboot2 and the
# archive beside it.  Needs grub-mkrescue with the files of grub-pc-bin, and xorriso, mtools.
set -eu

if [ $# -lt 3 ]; then
	echo "usage: $0 KERNEL ARCHIVE IMAGE.iso [COMMAND LINE]" >&2
	exit 2
fi
kernel=$1 archive=$2 image=$3 command_line=${4-}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/files/boot/grub"
cp "$kernel" "$folder/files/boot/kernel"
cp "$archive" "$folder/files/boot/archive"
# In GRUB's language a quoted string ends at the next quote.  Word by word: a word with spaces in it GRUB would hand on in
# quotes of its own.
quoted=$(printf '%s\n' $command_line | sed "s/'/'\\\\''/g; s/.*/'&'/" | tr '\n' ' ')
cat > "$folder/files/boot/grub/grub.cfg" <<END
set timeout=0
menuentry kite {
	multiboot2 /boot/kernel $quoted
	module2 /boot/archive archive
	boot
}
END
grub-mkrescue -d /usr/lib/grub/i386-pc -o "$image" "$folder/files" > "$folder/log" 2>&1 || {
	cat "$folder/log" >&2
	exit 1
}
