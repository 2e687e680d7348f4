# SPDX-License-Identifier: BSD-2-Clause
"""Hostile programs on every main machine (user/tests/fuzz.c): a short run of the fuzzer, and the stress test, in which
much is created, called, revoked and destroyed.  A debug kernel checks its invariant after every system call; whatever
kernel it is, all memory must be back after each seed."""
from result import FAILED, PASSED, Result

from analysis import build, fuzz, pool

SEED = 1                                # always the same: a run that fails can be repeated, and one that passes stays so
RUNS = (                                # what it is, which kernel, how many system calls
    ("fuzzer", fuzz.Kernel("debug", False, tame=False), 10_000),
    ("fuzzer", fuzz.Kernel("release", True, tame=False), 10_000),
    ("stress", fuzz.Kernel("debug", True, tame=True), 20_000),
)


def name_of(machine, what, kernel, steps):
    paths = "fast" if kernel.fast else "slow"
    return f"{machine.name}/hostile/{what}, seed {SEED}, {steps} steps, {kernel.kind}-{paths}: nothing breaks, all memory is back"


def result(machine, what, kernel, steps):
    finding = fuzz.boot(machine, kernel, SEED, steps)
    reason = f"{finding.output}\nagain: {finding.command()}" if finding else ""
    return Result(name_of(machine, what, kernel, steps), FAILED if finding else PASSED, reason)


def group(run):
    jobs = [(machine, *which) for machine in run.machines if machine.main for which in RUNS]
    for preset in dict.fromkeys(machine.preset(kernel.kind, kernel.fast) for machine, _, kernel, _ in jobs):
        build.build(preset, say=run.say)
    run.say("hostile programs")
    yield from pool.run_all(lambda job: result(*job), jobs)
