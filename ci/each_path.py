#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""The system tests with each fast path alone, and with all but each: a path must not lean on another.

    ci/each_path.py                 all architectures, a few minutes each
    ci/each_path.py riscv64 call    one architecture, one path

On demand, since it builds and boots twice as many kernels as there are paths; `./kite test` has them all on and all off.
Exit code 1 if anything failed.
"""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "ci")]

import fastpath  # noqa: E402
import systems  # noqa: E402
from result import FAILED  # noqa: E402

from analysis import emulator, machines, paths as places  # noqa: E402
from analysis.failure import Failure  # noqa: E402

PATHS = fastpath.PATHS + places.fastpaths_in_c()


def kernels(wanted):
    """(name, list of paths that are on), two for each path."""
    for path in wanted:
        yield f"only-{path}", [path]
        yield f"all-but-{path}", [other for other in PATHS if other != path]


def build(arch, name, paths):
    """The build directory's name; it stands beside those of the presets."""
    directory = f"{arch}-debug-{name}"
    for command in (["cmake", "--preset", f"{arch}-debug", "-B", f"build/{directory}", f"-DFASTPATH={';'.join(paths)}"],
                    ["cmake", "--build", f"build/{directory}"]):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return directory


def failures(arch, name, paths):
    """Sentences about the system tests of one kernel."""
    machine = machines.all_machines()[f"qemu-{arch}"]
    try:
        text, console = emulator.boot(machine, build(arch, name, paths), "tests.cpio", seconds=systems.SECONDS)
    except Failure as failure:
        return [str(failure)]
    results = systems.results_of_tests(f"{arch}/{name}", text, console)
    return [f"{result.name}: {result.reason}" for result in results if result.verdict == FAILED]


def main(words):
    unknown = [word for word in words if word not in PATHS + fastpath.ARCHITECTURES]
    if unknown:
        print(f"no such architecture or path: {', '.join(unknown)}; there are {', '.join(fastpath.ARCHITECTURES + PATHS)}")
        return 2
    count = 0
    for arch in [arch for arch in fastpath.ARCHITECTURES if arch in words] or fastpath.ARCHITECTURES:
        for name, paths in kernels([path for path in PATHS if path in words] or PATHS):
            found = failures(arch, name, paths)
            print(f"{arch} {name}: {'passed' if not found else 'FAILED'}", *found, sep="\n  ", flush=True)
            count += bool(found)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
