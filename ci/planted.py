#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Plants one instruction more, or one less, into a step of a fast path, and sees whether `kite compare` finds it: exit code 3
(or 0 for less), and the step by its name.  By hand: `ci/planted.py [--machine NAME] [--step PATTERN]`; `kite test` plants a few.

A plant is a commit that no branch knows, made from HEAD's tree with an index of its own, so that neither the working
tree nor git's index is touched.  One less is judged from the other side: from the plant to HEAD, an instruction goes.
Then the exit code is 0, or 3 if moving what follows cost a row a line of code, or an interrupt met the user elsewhere.
A step that no row of the benchmarks executes cannot show an instruction; it is said to be unseen, and is no success."""
import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "ci")]

from result import FAILED, PASSED, SKIPPED, Result  # noqa: E402

from analysis import compare, machines, trees, verdict  # noqa: E402
from analysis.failure import Exit, Failure  # noqa: E402

SAMPLE = "qemu-riscv64", "reply_recv.check_gate"    # what every `kite test` plants: the quickest machine
STEP = re.compile(r"^STEP\((\w+), (\w+)\)", re.M)
PERSON = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
          for what, value in (("NAME", "planted"), ("EMAIL", "planted@invalid"), ("DATE", "2026-01-01T00:00:00Z"))}


def steps_of(arch):
    """[(file, step)] of every fast path of an architecture, from its sources."""
    for path in sorted((ROOT / "fastpath").glob(f"*.{arch}.S")):
        for found in STEP.finditer(path.read_text()):
            yield path, f"{found[1]}.{found[2]}"


def with_instruction(text, step):
    """The source with a nop as the step's first instruction."""
    label = f"STEP({step.replace('.', ', ')})"
    line = next(line for line in text.splitlines() if line.startswith(label))
    return text.replace(line + "\n", line + "\n\tnop\n", 1)


def commit_of(changes, parent="HEAD", message="planted"):
    """A commit on the parent with other contents of some files: {path in the tree: text}."""
    with tempfile.TemporaryDirectory() as directory:
        index = {"GIT_INDEX_FILE": str(Path(directory) / "index")}
        done = trees.git("read-tree", parent, **index)
        for path, text in changes.items():
            blob = subprocess.run(["git", "-c", "safe.directory=*", "hash-object", "-w", "--stdin"], cwd=ROOT, input=text,
                                  capture_output=True, text=True, check=True).stdout.strip()
            done = trees.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", **index)
        tree = trees.git("write-tree", **index)
        commit = trees.git("commit-tree", tree, "-p", trees.find(parent).commit, "-m", message, **PERSON) if tree else None
    if done is None or not commit:
        raise Failure(Exit.ERROR, "git cannot make the planted commit; is the disk full?")
    return commit


def text_at_head(path):
    text = subprocess.run(["git", "-c", "safe.directory=*", "show", f"HEAD:{path.relative_to(ROOT)}"], cwd=ROOT, text=True,
                          capture_output=True, check=True).stdout
    return text


def plant(path, step):
    return commit_of({str(path.relative_to(ROOT)): with_instruction(text_at_head(path), step)}, message=f"one more in {step}")


def names_of(step):
    """A step's names: what carries long messages is the same source, assembled once more (fastpath/README.md)."""
    return step, f"long_{step}"


MOVES = ("code_lines",)
WAITS = "irq/"                  # rows whose program waits for an interrupt: how long, depends on where it meets it


def only_moved(one):
    """Whether all that got worse is what changes when code moves or an interrupt meets the user elsewhere: lines of
    code, and how long a program waits for the interrupt."""
    moves = (*MOVES, "user_to_user_instructions") if one.name.startswith(WAITS) else MOVES
    return all(after <= before or metric in moves for metric, (before, after) in one.changes.items())


def judge(step, a, b, machine, wanted, say):
    """"" if the comparison says what it should, else what it said instead."""
    outcome = compare.find_out(compare.Options(a, b, [machine], paths=(True,)), say)
    sign = 1 if wanted == Exit.REGRESSION else -1
    changed = [one for one in outcome.verdicts if one.changes.get("kernel_instructions")]
    named = {(name, round(delta, 3)) for one in changed for name, delta in one.why.items()}
    if not changed:
        return "unseen: no row of the benchmarks executes it"
    moved = outcome.code == Exit.REGRESSION and all(map(only_moved, (one for one in outcome.verdicts if one.verdict == verdict.REGRESSED)))
    right_code = outcome.code == wanted or (sign < 0 and moved)
    if not right_code or not any(name in names_of(step) and delta * sign > 0 for name, delta in named):
        return f"exit {int(outcome.code)}, and it names {', '.join(sorted(f'{name} {delta:+g}' for name, delta in named))}"
    return ""


def check(path, step, machine, say):
    """[(what was planted, what is wrong or "")] of one step, more and less."""
    commit = plant(path, step)
    yield "more", judge(step, "HEAD", commit, machine, Exit.REGRESSION, say)
    yield "less", judge(step, commit, "HEAD", machine, Exit.SAME, say)


def group(run):
    """The sample, for `kite test`."""
    name, step = SAMPLE
    machine = next((machine for machine in run.machines if machine.name == name), None)
    if not machine or not trees.find("HEAD"):
        yield Result(f"{name}/planted/ran", SKIPPED, "there is no history here" if machine else "another machine was asked for")
        return
    run.say("an instruction is planted")
    path = next(path for path, one in steps_of(machine.arch) if one == step)
    for what, wrong in check(path, step, machine, run.say):
        yield Result(f"{name}/planted/one {what} in {step} is found", FAILED if wrong else PASSED, wrong)


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    options.add_argument("--machine", action="append", default=[], help="only this one; may be repeated")
    options.add_argument("--step", default="", help="only steps that match this expression")
    chosen = options.parse_args()
    found = total = 0
    for machine in machines.choose_measuring(chosen.machine):
        for path, step in [one for one in steps_of(machine.arch) if re.search(chosen.step, one[1])]:
            with contextlib.suppress(BrokenPipeError):
                for what, wrong in check(path, step, machine, lambda text: None):
                    total, found = total + 1, found + (not wrong)
                    print(f"{'found' if not wrong else 'NOT FOUND'}  {machine.name}: one {what} in {step}{': ' + wrong if wrong else ''}",
                          flush=True)
    print(f"{found} of {total} found")
    return 0 if found == total and total else 1


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C")
    sys.exit(main())
