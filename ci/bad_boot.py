# SPDX-License-Identifier: BSD-2-Clause
"""What a boot loader can hand over that is wrong: the kernel says so in one clear line and ends the machine."""
import re
import struct
import subprocess

from result import FAILED, Result, of_problems

from analysis import build, emulator, paths, pool
from analysis.failure import Exit, Failure

SECONDS = 30                            # a panic takes one
KIND = "release"
ELF_TYPE, ELF_MACHINE, ELF_ENTRY, ELF_PROGRAMS = 16, 18, 24, 32         # offsets in an ELF-64 header
VAX = 75


def newc(name, data):
    """A cpio archive in the newc format with one file."""
    def entry(name, data):
        fields = [0, 0o100755, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + name + b"\0"
        return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
    return entry(name, data) + entry(b"TRAILER!!!", b"")


def with_field(elf, form, offset, value):
    """The file with another number in its header."""
    broken = bytearray(elf)
    struct.pack_into(form, broken, offset, value)
    return bytes(broken)


def inputs(elf):
    """(what is wrong, archive or None, what the kernel's line must say)."""
    good = newc(b"init", elf)
    yield "no archive", None, "no archive"
    yield "a truncated archive", good[:len(good) // 2], "no \"init\".*cut off"
    yield "an archive cut off in its first header", good[:60], "no \"init\".*cut off"
    yield "no archive but noise", bytes(range(256)) * 16, "no \"init\".*newc"
    yield "an archive without init", newc(b"motd", elf), "no \"init\": no such file"
    yield "an init that is no ELF file", newc(b"init", b"#!/bin/sh\n" * 20), "\"init\" cannot be loaded.*ELF"
    yield "an empty init", newc(b"init", b""), "\"init\" cannot be loaded.*ELF"
    yield "a truncated init", newc(b"init", elf[:2048]), "\"init\" cannot be loaded.*outside the file"
    yield "an init for another processor", newc(b"init", with_field(elf, "<H", ELF_MACHINE, VAX)), "\"init\" cannot be loaded.*processor"
    yield "an init whose headers lie nowhere", newc(b"init", with_field(elf, "<Q", ELF_PROGRAMS, 1 << 60)), "\"init\" cannot be loaded"
    yield "an init that starts in the kernel", newc(b"init", with_field(elf, "<Q", ELF_ENTRY, 0xffffffff80000000)), "\"init\" cannot be loaded.*entry"


# ---- device trees, where a machine has one: QEMU's own, with a change of its source ----

def without_memory(source):
    return re.sub(r"\tmemory@.*?\};\n", "", source, flags=re.S)


def archive_far_away(source):
    place = "linux,initrd-start = <0xf 0x0>; linux,initrd-end = <0xf 0x1000>;"
    return source.replace("\tchosen {\n", f"\tchosen {{ {place}\n")


def reserved_often(source):
    lines = "".join(f"/memreserve/ {0x81000000 + i * 0x2000:#x} 0x1000;\n" for i in range(40))
    return source.replace("/dts-v1/;\n", "/dts-v1/;\n" + lines)


TREES = (                               # what is wrong, how, what the kernel's line must say
    ("a device tree without memory", without_memory, "described no memory"),
    ("an archive outside of memory", archive_far_away, "archive at f00000000 lies outside of memory"),
    ("a device tree that reserves too much", reserved_often, "reserves more than 32 ranges"),
)
COMPLETED_BY_QEMU = {("qemu-aarch64", "a device tree without memory")}  # QEMU puts the memory back


def tree_source(command, directory):
    """The source of the device tree that QEMU makes for the machine of a command."""
    place, blob = command.index("-M") + 1, directory / "own.dtb"
    dump = command[:place] + [f"{command[place]},dumpdtb={blob}"] + command[place + 1:]
    subprocess.run(dump, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=SECONDS)
    return subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", str(blob)], stdout=subprocess.PIPE, text=True, check=True).stdout


def with_tree(command, directory, change):
    """The command without an archive and with a changed device tree."""
    command = without_archive(command)
    source = tree_source(command, directory)
    changed = change(source)
    if changed == source:
        raise Failure(Exit.ERROR, "nothing of the device tree was changed")
    blob = directory / "bad.dtb"
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", str(blob)], input=changed, text=True, check=True)
    return command + ["-dtb", str(blob)]


def has_tree(machine):
    return machine.arch != "x86_64"


def without_archive(command):
    """A QEMU command without its -initrd."""
    place = command.index("-initrd")
    return command[:place] + command[place + 2:]


def problems_of(text, ending, wanted):
    panics = re.findall("^kernel panic: (.*)", text.replace("\r", ""), re.M)
    if ending:
        yield f"the machine {ending}"
    if len(panics) != 1:
        yield f"{len(panics)} lines of panic, not one"
    elif not re.search(wanted, panics[0]):
        yield f"it says '{panics[0]}', nothing like '{wanted}'"


def boot_badly(machine, what, archive, wanted):
    """Boots the machine with an archive that is wrong, or a function that changes its device tree; the result."""
    name = f"{machine.name}/bad boot/{what}: one line, and the end"
    directory = emulator.run_directory(machine, "bad-boot")
    path = directory / "archive"
    command = machine.boot_command(machine.preset(KIND), path, "")
    try:
        if archive is None:
            command = without_archive(command)
        elif callable(archive):
            command = with_tree(command, directory, archive)
        else:
            path.write_bytes(archive)
        text, ending = emulator.watch(command, directory, SECONDS)
    except (OSError, Failure, subprocess.SubprocessError) as error:
        return Result(name, FAILED, str(error))
    problems = list(problems_of(text, ending, wanted))
    return of_problems(name, problems + [emulator.show_last(text)] * bool(problems))


def group(machines, say):
    """Every bad input on every main machine, two at a time."""
    jobs = []
    for machine in machines:
        if machine.main:
            build.build(machine.preset(KIND), say=say)
            elf = (paths.preset_directory(machine.preset(KIND)) / "tests.elf").read_bytes()
            jobs += [(machine, *bad) for bad in inputs(elf)]
            jobs += [(machine, *bad) for bad in TREES if has_tree(machine) and (machine.name, bad[0]) not in COMPLETED_BY_QEMU]
            say(f"bad boots of {machine.name}")
    yield from pool.run_all(lambda job: boot_badly(*job), jobs)
