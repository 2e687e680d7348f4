#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Estimates, and nothing more: what llvm-mca's models of named cores say of the fast paths as linked for release.

    ci/estimate.py [path ...]       call and reply_recv, or these

It takes the steps that a hit executes, without the trap; analysis/estimate.py says what is left out.  `kite profile BENCH
--estimate` does the same for what a benchmark executed.
"""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "ci")]

import fastpath  # noqa: E402
import generate  # noqa: E402

from analysis import estimate  # noqa: E402


def main(words):
    for arch in fastpath.ARCHITECTURES:
        for path in words or ("call", "reply_recv"):
            steps, _ = fastpath.read(ROOT, arch, path)
            body = [text for step in generate.main_steps(steps) for _, text in steps[step]]
            _, work, cycles = estimate.of_parts(arch, {path: body})[path]
            shown = ", ".join(f"{core} {number}" for core, number in cycles.items())
            print(f"{arch} {path}: {work} of {len(body)} instructions; estimated cycles: {shown}")


if __name__ == "__main__":
    main(sys.argv[1:])
