#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Estimates, and nothing more: what llvm-mca's models of named cores say of the fast paths as linked for release.

    ci/estimate.py [path ...]       call and reply_recv, or these

It takes the steps that a hit executes, without trap, return and instructions on system registers, for which there are no
models; every load hits, every branch is predicted.  So it says how much of a path is plain work, not how long it takes.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "ci")]

import fastpath  # noqa: E402
import generate  # noqa: E402

TOOL, TIMES = "llvm-mca-19", 100
CORES = {"x86_64": ("skylake", "icelake-client", "znver2"), "aarch64": ("cortex-a53", "cortex-a55", "cortex-a57", "neoverse-n1"),
         "riscv64": ("rocket-rv64", "sifive-u74")}
FEATURES = {"x86_64": "-mattr=+fsgsbase", "aarch64": "", "riscv64": "-mattr=+m,+a,+c"}
SYSTEM = re.compile(r"^(?:csr|sret|mrs|msr|eret|sysret|swapgs|(?:rd|wr)[fg]sbase)|%cr3|%[defgs]s\b", re.I)
TARGET = re.compile(r"(?:0x)?[0-9a-f]+ <[^>]+>")


def plain(instruction):
    """The instruction as the assembler takes it: branches go to the next line, symbols are numbers."""
    return TARGET.sub("1f", re.split(r"\s+(?:#\s|//)", instruction)[0])


def cycles(arch, core, instructions):
    """Cycles of one execution of many in a row."""
    text = "".join(f"{plain(instruction)}\n1:\n" for instruction in instructions)
    command = [TOOL, f"-mtriple={arch}", f"-mcpu={core}", f"-iterations={TIMES}", "-instruction-info=false", "-resource-pressure=false"]
    done = subprocess.run([word for word in [*command, FEATURES[arch]] if word], input=text, capture_output=True, text=True)
    found = re.search(r"^Total Cycles:\s+(\d+)", done.stdout, re.M)
    if not found:
        raise SystemExit(f"{TOOL} -mcpu={core}: {done.stderr.strip() or done.stdout.strip()}")
    return round(int(found[1]) / TIMES)


def main(words):
    for arch in fastpath.ARCHITECTURES:
        for path in words or ("call", "reply_recv"):
            steps, _ = fastpath.read(ROOT, arch, path)
            body = [text for step in generate.main_steps(steps) for _, text in steps[step]]
            work = [text for text in body if not SYSTEM.search(text)]
            shown = ", ".join(f"{core} {cycles(arch, core, work)}" for core in CORES[arch])
            print(f"{arch} {path}: {len(work)} of {len(body)} instructions; estimated cycles: {shown}")


if __name__ == "__main__":
    main(sys.argv[1:])
