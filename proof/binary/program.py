# SPDX-License-Identifier: BSD-2-Clause
"""A linked kernel as the executor reads it: instructions as llvm-objdump prints them, symbols, constant data, and the
places of structure members (layout.def), which the compiler is asked for with the flags the kernel was built with."""
import json
import re
import shlex
import shutil
import struct
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from analysis import build, paths
from analysis.elf import Elf
from analysis.failure import Exit, Failure

HERE = Path(__file__).resolve().parent
LINE = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)(?:\s+(.*?))?\s*$")
COMMENT = re.compile(r"\s*(?:(?<!\S)# |//).*$")
TARGET = re.compile(r"\s*<[^>]*>$")
LOADED, WRITABLE = 1, 2
REGISTER_LIST = re.compile(r",\s*(?![^(\[{]*[)\]}])")


@dataclass(frozen=True)
class Instruction:
    address: int
    size: int
    name: str
    operands: tuple

    def __str__(self):
        return f"{self.address:x}: {self.name} {', '.join(self.operands)}".rstrip()


def instructions_of(text):
    """{address: Instruction} of a disassembly."""
    found = []
    for line in text.splitlines():
        if match := LINE.match(line):
            operands = match[3] or ""
            operands = TARGET.sub("", COMMENT.sub("", operands))
            words = tuple(word.strip() for word in REGISTER_LIST.split(operands)) if operands else ()
            found.append(Instruction(int(match[1], 16), 0, match[2], words))
    sized = {}
    for this, following in zip(found, found[1:] + [None]):
        size = following.address - this.address if following else 4
        sized[this.address] = replace(this, size=size)
    return sized


def disassembly(kernel):
    """Of a whole kernel; an ELF file of riscv64 does not say which extensions there are."""
    objdump = shutil.which("llvm-objdump-19") or shutil.which("llvm-objdump")
    if not objdump:
        raise Failure(Exit.ERROR, "no llvm-objdump")
    attributes = ["--mattr=+m,+a,+f,+d,+c"] if "riscv64" in str(kernel.parent.name) else []
    done = subprocess.run([objdump, "-d", "--no-show-raw-insn", *attributes, str(kernel)], capture_output=True, text=True)
    if done.returncode:
        raise Failure(Exit.ERROR, f"llvm-objdump cannot read {kernel.name}: {done.stderr}")
    return done.stdout


class Program:
    def __init__(self, preset):
        self.preset, self.arch = preset, preset.split("-")[0]
        self.directory = paths.preset_directory(preset)
        elf = Elf(self.directory / "kernel.elf")
        self.symbols = elf.symbols()
        self.segments = list(self._segments(elf.data))
        self.instructions = instructions_of(disassembly(self.directory / "kernel.elf"))
        self.layout = layout(self.directory)

    @staticmethod
    def _segments(data):
        offset, = struct.unpack_from("<Q", data, 0x20)
        size, count = struct.unpack_from("<HH", data, 0x36)
        for i in range(count):
            kind, flags, start, address, _, in_file, in_memory = struct.unpack_from("<IIQQQQQ", data, offset + i * size)
            if kind == LOADED:
                yield address, in_memory, bool(flags & WRITABLE), data[start:start + in_file]

    def constant(self, address, size):
        """What read-only memory holds, or None."""
        for start, length, writable, data in self.segments:
            if start <= address and address + size <= start + length and not writable:
                return int.from_bytes(data[address - start:address - start + size].ljust(size, b"\0"), "little")
        return None

    def writable(self):
        """(start, length) of the image's writable memory, and of a stack that the linker puts behind it."""
        ranges = [(start, start + length) for start, length, writable, _ in self.segments if writable]
        start, end = min(start for start, _ in ranges), max(end for _, end in ranges)
        end = max(end, self.symbols.get("stack_top", 0))
        return start, end - start

    def path(self, name):
        """The instructions between a fast path's entry and its end, by its labels."""
        steps = sorted(address for symbol, address in self.symbols.items() if symbol.startswith(name + "."))
        last = self.symbols[f"{name}.slow"]
        addresses = sorted(address for address in self.instructions if address >= steps[0])
        end = next((a for a in addresses if a > last and self._ends(a)), addresses[-1])
        return [self.instructions[address] for address in addresses if address <= end]

    def _ends(self, address):
        return self.instructions[address].name in ("b", "j", "jmp")

    def label(self, path, address):
        """The step that an address belongs to."""
        best = max(((a, s) for s, a in self.symbols.items() if s.startswith(path + ".") and a <= address), default=(0, "?"))
        return best[1]


def layout(directory):
    """{NAME: number} of layout.def, as the kernel's own compiler sees it."""
    commands = json.loads((directory / "compile_commands.json").read_text())
    command = next(entry["command"] for entry in commands if entry["file"].endswith("kernel/core.c"))
    words = shlex.split(command)
    keep = [word for word in words if word.startswith(("-I", "-D", "--target", "-m", "-f", "-std", "/"))
            and not word.endswith((".c", ".o"))]
    done = subprocess.run(keep + ["-O0", "-S", "-o", "-", str(HERE / "layout.c")], capture_output=True, text=True)
    if done.returncode:
        raise Failure(Exit.ERROR, f"cannot compile layout.c for {directory.name}:\n{done.stderr}")
    return {name: int(value) for name, value in re.findall(r'"-> (\w+) (-?\d+)"', done.stdout)}


def built(arch):
    """The release kernel of an architecture, brought up to date."""
    preset = f"{arch}-release"
    build.build(preset)
    return Program(preset)
