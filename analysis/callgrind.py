# SPDX-License-Identifier: BSD-2-Clause
"""Exact instructions of a program of the host, by valgrind's callgrind: the same in every run, with no counter of the
processor.  Reads its profile format ("Callgrind Format Specification" of valgrind's manual)."""
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from analysis.failure import Exit, Failure

NAME = re.compile(r"^(c?fn)=\((\d+)\)(?: (.*))?$")
COST = re.compile(r"^[+\-*\d]\S*\s+(\d+)")
COUNTED, FIRST, SECOND = "bench_measured", 64, 128       # bench/host/shim.cc: the function, and how often each case is run


def parse(text):
    """{function: instructions of its own} of one dump; Failure(1) if it is none."""
    if not text.startswith("# callgrind format") or "\nevents: Ir" not in text:
        raise Failure(Exit.ERROR, "callgrind wrote what is no profile of instructions")
    names, costs, current, skip = {}, {}, None, False
    for line in text.splitlines():
        if found := NAME.match(line):
            if found[3] is not None:
                names[found[2]] = re.sub(r"'\d+$", "", found[3])
            current = names[found[2]] if found[1] == "fn" else current
        elif line.startswith("calls="):
            skip = True                         # the next line is what the call cost, which the called ones have
        elif current and (found := COST.match(line)):
            costs[current] = costs.get(current, 0) + (0 if skip else int(found[1]))
            skip = False
    return costs


def tool():
    return shutil.which("valgrind")


def each(first, second):
    """{function: instructions each time} of a case's two dumps, so that what is there but once falls out."""
    found = {name: (second.get(name, 0) - first.get(name, 0)) / (SECOND - FIRST) for name in second}
    return {name: count for name, count in sorted(found.items(), key=lambda item: -item[1]) if count}


def count(program, case=""):
    """{case: {function: instructions each time}} of the microbenchmarks, or of one."""
    with tempfile.TemporaryDirectory(prefix="kite-callgrind-") as directory:
        command = [tool(), "--tool=callgrind", "--collect-atstart=no", f"--toggle-collect={COUNTED}", f"--dump-after={COUNTED}",
                   "--callgrind-out-file=out", str(program), f"--count={case}" if case else "--count"]
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, errors="replace")
        names = done.stdout.split("\n")[:-1]
        if done.returncode or not names:
            raise Failure(Exit.ERROR, f"valgrind could not count: {(done.stderr.strip().splitlines() or ['it printed nothing'])[-1]}")
        dumps = [parse((Path(directory) / f"out.{i + 1}").read_text()) for i in range(2 * len(names))]
    return {name: each(dumps[2 * i], dumps[2 * i + 1]) for i, name in enumerate(names)}
