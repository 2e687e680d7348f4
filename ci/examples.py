# SPDX-License-Identifier: BSD-2-Clause
"""The programs that docs/manual.md shows, on every machine: each prints what user/examples/examples.def says."""
import re

from result import FAILED, PASSED, SKIPPED, Result

from analysis import build, emulator, pool
from analysis.failure import Failure
from analysis.lists import read_examples

SECONDS = 60
EMULATOR = re.compile(r"qemu-system-\w+: warning: ")           # what it has to say itself
WORDS = "kite.terse"                    # else a debug kernel explains errors, between the lines


def printed(text):
    """What each example printed, from the console: {name: [lines]}; a skipped one is {name: reason}."""
    found, name = {}, None
    for line in text.replace("\r", "").splitlines():
        word, _, rest = line.partition(" ")
        if word == "example":
            name = rest
            found[name] = []
        elif word == "skip":
            name, _, reason = rest.partition(": ")
            found[name], name = reason, None
        elif name and line == f"ok {name}":
            name = None
        elif name and not EMULATOR.match(line):
            found[name].append(line)
    return found


def results(machine, found):
    for example in read_examples():
        name = f"{machine.name}/examples/{example.name} prints what the manual says"
        lines = found.get(example.name, [])
        if isinstance(lines, str):
            yield Result(name, SKIPPED, lines)
        elif lines == example.output.splitlines():
            yield Result(name, PASSED)
        else:
            yield Result(name, FAILED, "it printed\n" + "\n".join(lines) + "\nnot\n" + example.output)


def run_machine(machine):
    if lacking := machine.lacks():
        return [Result(f"{machine.name}/examples/ran", SKIPPED, f"this host lacks {', '.join(lacking)}")]
    try:
        text, _ = emulator.boot(machine, machine.preset(machine.tested, True), "examples.cpio", WORDS, SECONDS)
        return list(results(machine, printed(text)))
    except Failure as failure:
        return [Result(f"{machine.name}/examples/ran", FAILED, str(failure))]


def group(run):
    for preset in dict.fromkeys(machine.preset(machine.tested, True) for machine in run.machines):
        build.build(preset, say=run.say)
    run.say("the manual's examples")
    for some in pool.run_all(run_machine, list(run.machines)):
        yield from some
