# SPDX-License-Identifier: BSD-2-Clause
"""Hostile programs on every main machine (user/tests/fuzz.c): a short run of the fuzzer, and the stress test, in which
much is created, called, revoked and destroyed, for a minute.  A debug kernel checks its invariant after every system call;
whatever kernel it is, all memory must be back after each seed."""
from result import FAILED, PASSED, Result

from analysis import build, fuzz, pool

SEED = 1                                # always the same: a run that fails can be repeated, and one that passes stays so
RUNS = (                                # what it is, which kernel, how many system calls or minutes
    ("fuzzer", fuzz.Kernel("debug", False, tame=False), fuzz.Amount(10_000)),
    ("fuzzer", fuzz.Kernel("release", True, tame=False), fuzz.Amount(10_000)),
    ("stress", fuzz.Kernel("debug", True, tame=True), fuzz.Amount(minutes=1)),
)


def name_of(machine, what, kernel, amount):
    paths = "fast" if kernel.fast else "slow"
    how_much = "a minute" if amount.minutes else f"{amount.steps} steps"
    return f"{machine.name}/hostile/{what}, from seed {SEED}, {how_much}, {kernel.kind}-{paths}: nothing breaks, all memory is back"


def result(machine, what, kernel, amount):
    finding = fuzz.fuzz_machine(machine, kernel, SEED, amount, lambda text: None)
    reason = f"{finding.output}\nagain: {finding.command()}" if finding else ""
    return Result(name_of(machine, what, kernel, amount), FAILED if finding else PASSED, reason)


def group(run):
    jobs = [(machine, *which) for machine in run.machines if machine.main for which in RUNS]
    for preset in dict.fromkeys(machine.preset(kernel.kind, kernel.fast) for machine, _, kernel, _ in jobs):
        build.build(preset, say=run.say)
    run.say("hostile programs")
    yield from pool.run_all(lambda job: result(*job), jobs)
