# SPDX-License-Identifier: BSD-2-Clause
"""Whether a kernel can be looked into while it runs: `kite debug` (gdb and its commands) and `kite trace` on each machine."""
import json
import re
import subprocess

from result import FAILED, Result, of_problems

from analysis import paths
from analysis.failure import Exit

SECONDS = 120
FILTER = "filter=a_badge"
# Stopped when the test program has ended: what each command must show.
SHOWN = {
    "kite threads": r"^0x\w+ +255 current +0x\w+ .*\n(?:.*\n)*\d+ threads$",
    "kite cspace": r"^ +1 cnode +0x\w+ ",
    "kite endpoints": r"^endpoint +receivers \| senders\n(?:.*\n)*?0x\w+ 0x\w+ \| -$",  # the console server waits
    "kite trace 4": r"syscall +0xe00 ",                 # the last: debug_halt
}


def kite(*words):
    """`kite ...` as a user calls it: (exit code, standard output, standard error)."""
    done = subprocess.run([str(paths.ROOT / "kite"), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", timeout=SECONDS)
    return done.returncode, done.stdout, done.stderr


def debugger(machine):
    name = f"{machine.name}/debugger/gdb shows threads, CSpaces, endpoints and the trace ring"
    commands = [word for command in ("hbreak debug_halt", "continue", *SHOWN) for word in ("-x", command)]
    code, output, errors = kite("debug", machine.name, "-q", "--append", FILTER, *commands)
    problems = [f"'{command}' shows nothing like {pattern}" for command, pattern in SHOWN.items()
                if not re.search(pattern, output, re.M)]
    if code:
        problems.append(f"gdb ended with {code}: {errors[-500:]}")
    return of_problems(name, problems + [output[-3000:]] * bool(problems))


def problems_of_trace(text):
    """What is wrong with a viewer's document: entries that overlap, or nothing of what must be there."""
    events = json.loads(text)["traceEvents"]
    slices = [event for event in events if event["ph"] == "X"]
    for name in ("call", "reply_recv"):           # the test, and the console server
        if not any(event["name"] == name for event in slices):
            yield f"no system call {name} in it"
    if not any(event["cat"] == "error" for event in events if event["ph"] == "i"):
        yield "no error in it"
    for before, after in zip(slices, slices[1:]):
        if before["dur"] < 0 or before["ts"] + before["dur"] > after["ts"] + 1e-3:
            yield f"at {after['ts']} the kernel is entered before it was left"
            return


def trace(machine):
    name = f"{machine.name}/debugger/a trace that a viewer opens"
    code, output, errors = kite("trace", machine.name, "-q", "--slow", "--append", FILTER)
    return of_problems(name, problems_of_trace(output) if code == Exit.SAME else [f"exit {code}: {errors[-1000:]}"])


def group(machines, say):
    for machine in machines:
        if machine.main:
            say(f"debugger and trace of {machine.name}")
            for test in (debugger, trace):
                try:
                    yield test(machine)
                except subprocess.TimeoutExpired:
                    yield Result(f"{machine.name}/debugger/{test.__name__}", FAILED, f"still ran after {SECONDS} seconds")
