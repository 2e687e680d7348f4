# SPDX-License-Identifier: BSD-2-Clause
"""CBMC: where it is, and one run of it.  It reads a harness of proof/bounded and the kernel's own sources, and looks at
every execution of so many rounds of each loop."""
import fcntl
import os
import re
import shutil
import subprocess
from dataclasses import dataclass

from analysis import paths

VERSION = "6.6.0"               # of Debian 13; a proof by another one is another proof
FOLDER = paths.BUILD / "cbmc"
HARNESSES = paths.ROOT / "proof" / "bounded"
# Beyond what is on by default: arithmetic that wraps, conversions that cut.
CHECKS = ("--unsigned-overflow-check", "--pointer-overflow-check", "--conversion-check")
DEFINES = ("-DKITE_DEBUG=1", "-DKITE_FASTPATH=0", "-DKITE_FPU=FPU_auto")
TIMEOUT = 600


class Missing(Exception):
    """There is no CBMC and none can be had."""


class Wrong(Exception):
    """It ended with neither yes nor no."""


@dataclass(frozen=True)
class Outcome:
    holds: bool
    checks: int                 # properties that were looked at
    failed: tuple               # a line for each that does not hold


def version_of(program):
    done = subprocess.run([program, "--version"], capture_output=True, text=True)
    return done.stdout.split()[0] if done.returncode == 0 and done.stdout else None


def there():
    for candidate in (shutil.which("cbmc"), str(FOLDER / "cbmc")):
        if candidate and os.path.exists(candidate) and version_of(candidate) == VERSION:
            return candidate
    return None


def program():
    """The path of a CBMC of the right version; one of Debian 13 is fetched if there is none, by one process at a time."""
    paths.BUILD.mkdir(exist_ok=True)
    with open(FOLDER.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return there() or fetched()


def fetched():
    if os.environ.get("KITE_NO_INSTALL"):
        raise Missing(f"CBMC {VERSION} is missing, and KITE_NO_INSTALL forbids to fetch it (ci/cbmc.sh does)")
    done = subprocess.run(["/bin/sh", str(paths.ROOT / "ci" / "cbmc.sh"), str(FOLDER)], capture_output=True, text=True)
    if done.returncode or version_of(FOLDER / "cbmc") != VERSION:
        raise Missing(f"CBMC {VERSION} is missing, and ci/cbmc.sh could not get it: {done.stderr.strip().splitlines()[-1:]}")
    return str(FOLDER / "cbmc")


def command(cbmc, harness, function, unwind, options, sources):
    """sources: the tree whose kernel/, abi/ and arch/ are read."""
    folders = [HARNESSES, *(sources / name for name in ("abi", "kernel", "arch", "arch/host"))]
    return [cbmc, str(HARNESSES / harness), *(f"-I{folder}" for folder in folders), *DEFINES, *CHECKS, *options,
            "--unwind", str(unwind), "--function", function]


def read(text):
    """What a run said.  A warning of the front end is an error: a function that is not declared, or has no body, returns
    anything, and with the wrong type proves anything."""
    warnings = [line for line in text.splitlines() if re.search(r"\bwarning\b", line, re.I)]
    if warnings:
        raise Wrong("\n".join(warnings))
    counts = re.search(r"^\*\* (\d+) of (\d+) failed", text, re.M)
    verdict = re.search(r"^VERIFICATION (SUCCESSFUL|FAILED)$", text, re.M)
    if not verdict or not counts or int(counts[2]) == 0:
        raise Wrong("\n".join(text.strip().splitlines()[-10:]) or "no output")
    failed = tuple(line.removesuffix(": FAILURE") for line in text.splitlines() if line.endswith(": FAILURE"))
    return Outcome(verdict[1] == "SUCCESSFUL", int(counts[2]), failed)


def run(harness, function, unwind, options=(), sources=paths.ROOT):
    """One proof, as an Outcome; raises Missing, Wrong."""
    arguments = command(program(), harness, function, unwind, options, sources)
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Wrong(f"no answer in {TIMEOUT} s") from None
    return read(done.stdout + done.stderr)
