# SPDX-License-Identifier: BSD-2-Clause
"""`kite profile`: where the cost of an iteration goes, in the kernel, on machines that count.

measure.py takes an iteration apart; the other modules are one way each of showing it.  `--against` measures the same in
another tree, and shows the difference."""
import sys
from dataclasses import dataclass
from pathlib import Path

from analysis import build, estimate, record, trees
from analysis.failure import Exit, Failure
from analysis.profile import chrome, flame, measure, perf_script, sets, stacks, table

FORMATS = {"table": None, "json": None, "folded": ".folded", "flame": ".svg", "chrome": ".json", "perf": ".perf"}


@dataclass
class Options:
    wanted: str                 # 'ipc/call words=0 space=other'
    machines: list
    fast: bool = True
    by: str = "step"            # one of table.KEYS, or set
    format: str = "table"
    metric: str = "instructions"
    output: str = "-"
    against: str = ""           # a commit
    estimate: bool = False
    lines: int = 25             # at most so many source lines
    dry_run: bool = False


def trees_of(options):
    """The trees to be measured, what is compared with first."""
    if not options.against:
        return [trees.working()]
    if not (found := trees.find(options.against)):
        raise Failure(Exit.INCOMPARABLE, f"there is no commit, tag or branch '{options.against}'")
    return [found, trees.working()]


def plan(options, chosen):
    for tree in chosen:
        for machine in options.machines:
            yield f"{tree.name}: build {machine.preset('release', options.fast)}; boot {machine.name} twice: to find the row, to trace it"


def version_of(tree):
    commit, dirty = tree.version
    return f"{commit[:12]}{'-dirty' if dirty else ''}"


def measure_all(options, chosen, say):
    """[profiles of each tree], in the machines' order; the row that is found first is that of all."""
    wanted, found = measure.wanted_words(options.wanted), []
    build.build_plugin(say=say)
    for tree in chosen:
        built = trees.machines_of(tree, options.machines, (options.fast,), say)
        profiles = []
        for machine in built:
            say(f"profiling {options.wanted} on {machine.name}, {'fast' if options.fast else 'slow'} path, {tree.name}")
            profiles.append(measure.profile(machine, options.fast, wanted, version_of(tree)))
        found.append(profiles)
    return found


def text_of(options, profiles, before):
    """What is written, as one string."""
    if options.by == "set":
        return sets.as_json(profiles) if options.format == "json" else sets.as_text(profiles)
    if options.format == "json":
        return table.as_json(profiles, before, options)
    if options.format == "table":
        return table.as_text(profiles, before, options)
    if options.format == "folded":
        return stacks.as_text(profiles, before, options.metric)
    if options.format == "flame":
        return flame.svg(profiles, before, options.metric)
    if before:
        raise Failure(Exit.USAGE, f"--format {options.format} shows one side; leave out --against")
    return {"chrome": chrome.text, "perf": perf_script.text}[options.format](profiles)


def check(options):
    """Exit 2, or 1, before anything is built."""
    measure.wanted_words(options.wanted)
    if options.format in ("chrome", "perf") and options.against:
        raise Failure(Exit.USAGE, f"--format {options.format} shows one side; leave out --against")
    if options.by == "set" and (options.format not in ("table", "json") or options.against or options.estimate):
        raise Failure(Exit.USAGE, "--by set is a table or JSON of one side")
    if options.output != "-" and not Path(options.output).resolve().parent.is_dir():
        raise Failure(Exit.ERROR, f"cannot write {options.output}: there is no such directory")
    if options.estimate:
        estimate.check()


def write(text, output):
    text = text if text.endswith("\n") else text + "\n"
    if output == "-":
        sys.stdout.write(text)
        return
    record.write_whole(Path(output), text)
    print(output)


def run(options, say):
    """The whole command; returns the exit code."""
    check(options)
    chosen = trees_of(options)
    if options.dry_run:
        print("\n".join(plan(options, chosen)))
        return Exit.SAME
    *before, profiles = measure_all(options, chosen, say)
    write(text_of(options, profiles, before[0] if before else None), options.output)
    for one in profiles:
        if not one.same:
            say(f"{one.machine}: iterations of {one.bench} differ; this is the last one")
    return Exit.SAME
