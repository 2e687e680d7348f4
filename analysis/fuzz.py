# SPDX-License-Identifier: BSD-2-Clause
"""Boots machines with hostile programs (user/tests/fuzz.c) and tells which seed broke the kernel.  A seed's system calls
are a task of its own, so that what one seed found comes again with that seed alone."""
import json
import re
import subprocess
import time
from dataclasses import dataclass

import click

from analysis import build, emulator, paths
from analysis.failure import Exit, Failure

EACH = 2000                             # system calls of one seed
STEPS = 100_000
BOOT_SEEDS = 50                         # seeds in one boot
CLOCK_SEEDS = 5                         # and where there is no end but the clock's, so that it is heard in time
HOST_FUZZERS = ("fuzz_boot", "fuzz_syscalls")          # kernel/fuzz
HOST_RUNS = 20_000                      # inputs of each, where nothing else is said
SECONDS = 300                           # of work; a boot takes a few, and what takes this long hangs


@dataclass(frozen=True)
class Kernel:
    kind: str
    fast: bool
    tame: bool

    def options(self):
        """The words of the command line that choose it, beside the defaults."""
        return " --tame" * self.tame + " --release" * (self.kind == "release") + " --slow" * (not self.fast)


@dataclass(frozen=True)
class Amount:
    steps: int = None
    minutes: float = None


@dataclass(frozen=True)
class Finding:
    machine: str
    seed: int
    steps: int
    kernel: Kernel
    output: str

    def command(self):
        return f"./kite fuzz --machine {self.machine} --seed {self.seed} --steps {self.steps}{self.kernel.options()}"


def seed_that_broke(text, first):
    """The seed after the last one that came to its end."""
    done = re.findall(r"^(?: *\| )?fuzz (\d+) [0-9a-f]+\s*$", text.replace("\r", ""), re.M)
    return int(done[-1]) + 1 if done else first


def boot(machine, kernel, seed, steps):
    """One boot with seeds from this one on; a Finding, or None."""
    words = f"kite.terse fuzz={seed} steps={steps} each={min(EACH, steps)} wild={int(not kernel.tame)}"
    try:
        text, console = emulator.boot(machine, machine.preset(kernel.kind, kernel.fast), "tests.cpio", words, SECONDS)
        if console.halt == 0 and console.done == (1, 0, 0):
            return None
        output = emulator.show_last(text)
    except Failure as failure:
        text = output = str(failure)
    return Finding(machine.name, seed_that_broke(text, seed), min(EACH, steps), kernel, output)


def fuzz_machine(machine, kernel, seed, amount, say):
    """Boots until something breaks or it is enough; a Finding, or None."""
    start, done = time.monotonic(), 0
    while not emulator.stopping.is_set():
        passed = time.monotonic() - start
        if passed >= amount.minutes * 60 if amount.minutes else done >= amount.steps:
            break
        steps = EACH * CLOCK_SEEDS if amount.minutes else min(EACH * BOOT_SEEDS, amount.steps - done)
        say(f"{machine.name}: {done} system calls, nothing found; from seed {seed} on")
        if finding := boot(machine, kernel, seed, steps):
            return finding
        done += steps
        seed += -(-steps // EACH)
    say(f"{machine.name}: {done} system calls, nothing found")
    return None


def run(chosen, kernel, seed, amount, say, as_json=False):
    """The whole command; returns the exit code."""
    for preset in dict.fromkeys(machine.preset(kernel.kind, kernel.fast) for machine in chosen):
        build.build(preset, say=say)
    seed = seed or int(time.time())
    found = [finding for machine in chosen if (finding := fuzz_machine(machine, kernel, seed, amount, say))]
    for finding in found:
        if as_json:
            click.echo(json.dumps({"type": "finding", "machine": finding.machine, "seed": finding.seed, "command": finding.command(),
                                   "output": finding.output}))
            continue
        click.echo(f"{finding.output}\n{finding.machine}: seed {finding.seed} breaks it; again: {finding.command()}")
    return Exit.ERROR if found else Exit.SAME


# ---- on the host ----

def host_command(directory, name, seed, amount):
    """libFuzzer with one of them: the inputs that it found interesting stay in its corpus, and come first the next time."""
    limit = f"-max_total_time={max(1, int(amount.minutes * 60))}" if amount.minutes else f"-runs={amount.steps}"
    return [str(directory / name), f"-seed={seed % (1 << 32)}", limit, "-max_len=4096", "-len_control=0", "-timeout=60",
            f"-artifact_prefix={directory}/{name}-", str(directory / f"{name}.corpus")]


def fuzz_host(directory, name, seed, amount, say):
    """One fuzzer until it breaks something or it is enough; what to print, or None."""
    (directory / f"{name}.corpus").mkdir(exist_ok=True)
    command = host_command(directory, name, seed, amount)
    say(f"{name}, seed {seed}")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace")
    if done.returncode == 0:
        return None
    artifact = re.findall(r"Test unit written to (\S+)", done.stdout)
    again = f"{command[0]} {artifact[-1]}" if artifact else " ".join(command)
    return f"{emulator.show_last(done.stdout)}\nhost: seed {seed} of {name} breaks it; again: {again}"


def run_host(seed, amount, say):
    """The portable kernel and the readers of boot input on the host, under ASan and UBSan; returns the exit code."""
    build.build("host-debug", say=say)
    directory = paths.preset_directory("host-debug") / "kernel" / "fuzz"
    seed = seed or int(time.time())
    found = [text for name in HOST_FUZZERS if (text := fuzz_host(directory, name, seed, amount, say))]
    for text in found:
        click.echo(text)
    return Exit.ERROR if found else Exit.SAME
