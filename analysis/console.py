# SPDX-License-Identifier: BSD-2-Clause
"""Reads what a guest prints.  The lines that mean something:

    bench NAME key=value...              before each measured region; iterations= and passages= are always there
    ok NAME / not ok NAME: REASON / skip NAME: REASON
    trace STEP HASH                      from the random-state driver
    done PASSED FAILED SKIPPED           the program's last word
    halt STATUS                          its very last, as it stops the machine
"""
import re
from dataclasses import dataclass, field

from analysis.failure import Exit, Failure

VERDICT = re.compile(r"(ok|not ok|skip) ([^:]+?)(?:: *(.*))?$")
DONE = re.compile(r"done (\d+) (\d+) (\d+)$")
HALT = re.compile(r"halt (-?\d+)$")


@dataclass
class BenchLine:
    name: str
    params: dict
    iterations: int
    passages: int
    names: list                 # of the passages of one iteration, if they are benchmarks of their own


@dataclass
class Console:
    lines: list
    benches: list = field(default_factory=list)
    verdicts: list = field(default_factory=list)      # (verdict, name, reason)
    traces: list = field(default_factory=list)
    done: tuple = None
    halt: int = None


def value_of(text):
    """A number if it is one, else the word."""
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def parse_bench(line):
    """One `bench` line; Failure(6) if it is not of the form above."""
    words = line.split()
    pairs = [word.partition("=") for word in words[2:]]
    if len(words) < 2 or any(not equals or not key for key, equals, _ in pairs):
        raise Failure(Exit.BENCHMARK, f"the guest printed a bench line that cannot be read: {line}")
    params = {key: value_of(value) for key, _, value in pairs}
    names = str(params.pop("names", "")).split(",")
    iterations, passages = params.pop("iterations", None), params.pop("passages", None)
    if not all(isinstance(number, int) and number > 0 for number in (iterations, passages)):
        raise Failure(Exit.BENCHMARK, f"the guest printed a bench line without iterations or passages: {line}")
    return BenchLine(words[1], params, iterations, passages, [name for name in names if name])


def parse(text):
    """The whole output of a guest as a Console."""
    console = Console([line.rstrip() for line in text.replace("\r", "").split("\n")])
    for line in console.lines:
        if line.startswith("bench "):
            console.benches.append(parse_bench(line))
        elif line.startswith("trace "):
            console.traces.append(line)
        elif found := VERDICT.match(line):
            console.verdicts.append((found[1], found[2].strip(), found[3] or ""))
        elif found := DONE.match(line):
            console.done = tuple(int(number) for number in found.groups())
        elif found := HALT.match(line):
            console.halt = int(found[1])
    return console
