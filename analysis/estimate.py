# SPDX-License-Identifier: BSD-2-Clause
"""Estimates, and nothing more: what llvm-mca's models of named cores say of a stretch of instructions.

Instructions on system registers are left out, for which there are no models; every load hits, every branch is predicted.
So it says how much is plain work, and how a core could overlap it, not how long it takes."""
import re
import shutil
import subprocess

from analysis import disassembly
from analysis.failure import Exit, Failure

WORK = 50_000                                   # instructions that a model goes through: repetitions of the stretch
CORES = {"x86_64": ("skylake", "icelake-client", "znver2"),
         "aarch64": ("cortex-a53", "cortex-a55", "cortex-a57", "cortex-a72", "neoverse-n1"),
         "riscv64": ("rocket-rv64", "sifive-u74")}
FEATURES = {"x86_64": "-mattr=+fsgsbase,+invpcid", "aarch64": "", "riscv64": "-mattr=+m,+a,+c"}
TARGET = re.compile(r"(?:0x)?[0-9a-f]+ <[^>]+>")


def tool():
    return shutil.which("llvm-mca-19") or shutil.which("llvm-mca")


def check():
    if not tool():
        raise Failure(Exit.ERROR, "estimates need llvm-mca, of Debian's package llvm-19 or llvm")


def plain(instruction):
    """The instruction as the assembler takes it: branches go to the next line, symbols are numbers."""
    return TARGET.sub("1f", re.split(r"\s+(?:#\s|//)", instruction)[0])


def work_of(instructions):
    """Those that there are models for."""
    return [text for text in instructions if not disassembly.SYSTEM.search(text)]


def cycles(arch, core, instructions):
    """Cycles of one execution of many in a row; None if the model does not take an instruction."""
    text = "".join(f"{plain(instruction)}\n1:\n" for instruction in instructions)
    times = max(1, min(100, WORK // max(1, len(instructions))))
    command = [tool(), f"-mtriple={arch}", f"-mcpu={core}", f"-iterations={times}", "-instruction-info=false", "-resource-pressure=false"]
    done = subprocess.run([word for word in [*command, FEATURES[arch]] if word], input=text, capture_output=True, text=True)
    found = re.search(r"^Total Cycles:\s+(\d+)", done.stdout, re.M)
    if not found:
        raise Failure(Exit.ERROR, f"llvm-mca -mcpu={core}: {done.stderr.strip().splitlines()[:1] or done.stdout.strip()}")
    return round(int(found[1]) / times)


def of_parts(arch, parts):
    """{part: (instructions, of these with a model, {core: cycles})} of {part: [instruction]}."""
    found = {}
    for part, instructions in parts.items():
        work = work_of(instructions)
        found[part] = len(instructions), len(work), {core: cycles(arch, core, work) for core in CORES[arch]} if work else {}
    return found
