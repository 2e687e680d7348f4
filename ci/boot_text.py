# SPDX-License-Identifier: BSD-2-Clause
"""The boot text (kernel.ld) is another's memory when the first task runs: nothing that stays in the kernel may lead there.
Reads the linked kernels: branches, calls and addresses in the code as llvm-objdump names them, and words of data that
would be an address there."""
import re
import struct
import sys
from pathlib import Path

from result import of_problems

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from analysis import elf, paths  # noqa: E402

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
BEGIN = {"x86_64": "kernel_start", "aarch64": "image_start", "riscv64": "image_start"}
END = {"x86_64": "kernel_text_start", "aarch64": "text_start", "riscv64": "text_start"}
# A kernel that was booted with floors keeps its boot text (kernel/begin.c).
FLOORS = ("floor", "vectors_")
UNMAPS = "arch_boot_text_unmap"         # names the beginning of what it unmaps
FUNCTION = re.compile(r"^([0-9a-f]+) <([\w.$]+)>:$")
NAMED = re.compile(r"<([\w.$]+)(?:\+0x[0-9a-f]+)?>")


def leads(text, symbols, start, end):
    """(function, name) for each instruction outside of start..end that names a place within."""
    function, outside = None, False
    for line in text.splitlines():
        if found := FUNCTION.match(line):
            function, outside = found[2], not start <= int(found[1], 16) < end
        elif outside:
            for name in NAMED.findall(line):
                if start <= symbols.get(name, 0) < end:
                    yield function, name


def words(data, start, end):
    """The words of data that are addresses from start to end."""
    return {word for word, in struct.iter_unpack("<Q", data[:len(data) // 8 * 8]) if start <= word < end}


def problems(arch, preset):
    folder = paths.preset_directory(preset)
    kernel = elf.Elf(folder / "kernel.elf")
    symbols = kernel.symbols()
    start, end = symbols[BEGIN[arch]], symbols[END[arch]]
    if not start < symbols["kernel_boot"] < end or start <= symbols["kernel_begin"] < end:
        yield "kernel_boot is not in the boot text, or kernel_begin is"
    for function, name in leads((folder / "kernel.asm").read_text(), symbols, start, end):
        if function != UNMAPS and not name.startswith(FLOORS):
            yield f"{function} leads to {name}, which is gone when the first task runs"
    # A place that has no name is a target of a jump table, of the function around it.
    named = {address for name, address in symbols.items() if not name.startswith(FLOORS)}
    for section in (".data", ".rodata"):
        yield from (f"a word of {section} is {word:#x}, in the boot text"
                   for word in words(kernel.section(section), start, end) & named)


def group():
    for arch in ARCHITECTURES:
        yield of_problems(f"fastpath/nothing of the {arch} kernel leads into the boot text", list(problems(arch, f"{arch}-release")))
