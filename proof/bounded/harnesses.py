# SPDX-License-Identifier: BSD-2-Clause
"""The list of harnesses.  Each is proved, then probed (its end must be reached), then held against its mutants: lines of
mutants.txt that change the kernel's source, one at a time, and must make the proof fail."""
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analysis import paths
from proof import cbmc

MUTANTS = Path(__file__).with_name("mutants.txt")
READ = ("abi", "kernel", "arch")        # what a harness reads of the tree


@dataclass(frozen=True)
class Harness:
    name: str                   # also that of the function, with _ for a space
    file: str
    sentence: str
    bounds: str
    expected: int               # seconds of processor time
    unwind: int = 1
    smaller: str = ""           # a change that makes an array smaller than the kernel's: file | old => new

    @property
    def function(self):
        return self.name.replace(" ", "_")


HARNESSES = (
    Harness("lookup step", "lookup.c", "a step of a lookup finds the slot that the address names, within the CNode, or none; what is left "
            "and what it took make up the address", "all addresses, guards, sizes and kinds", 3),
    Harness("lookup ends", "lookup.c", "however CNodes hold each other, a lookup ends, at a slot of one of them",
            "two CNodes of 4 slots; all addresses, guards and kinds", 5, 5),
    Harness("retype fits", "retype.c", "new objects are aligned, apart, within the untyped, above its watermark, and no sooner refused than "
            "they must be", "all sizes to 2^47, all watermarks and counts", 15),
    Harness("retype sizes", "retype.c", "every size that retype accepts holds the object", "all kinds and sizes", 3),
    Harness("derive gives no more", "derive.c", "a derived capability has no right that its parent has not, and an error changes nothing",
            "all capabilities, rights and badges", 3),
    Harness("derive keeps the list", "derive.c", "the derivation tree stays a list, the child behind its parent",
            "a parent with and without a neighbour", 3),
    Harness("remove undoes derive", "derive.c", "to take out a capability leaves the tree as it was", "a parent with and without a neighbour", 3),
    Harness("tag fields", "packing.c", "the four fields of a message tag come back as they were put, and are all of it", "all tags", 3),
    Harness("guard fields", "packing.c", "a guard's bits and value come back as they were put", "all guards", 3),
    Harness("object fields", "packing.c", "an object's address and any kind share a word, and come back; an awaited thread is told apart",
            "all kinds", 3),
    Harness("table entry", "tables.c", "a walk ends at the entry that the address's own bits of that level number, or at a missing table",
            "4 levels; all addresses below the top", 20, 6),
    Harness("address ok", "tables.c", "a page that may be mapped is aligned, and below the last page", "all addresses, three sizes", 3),
    Harness("highest of the map", "ready.c", "the search of the ready map finds the highest of 256 priorities", "all maps", 3, 5),
    Harness("enqueue keeps the limit", "ready.c", "to enter a ready queue keeps what the fast paths compare with, and all other priorities",
            "all maps and priorities; a queue of none or one", 20, 5),
    Harness("refills begin keeps", "budget.c", "to begin to use a budget keeps its amounts, their sum and their order",
            "3 refills where the kernel has 8; all amounts and times to 2^61", 10, 5, "kernel/refill.h | REFILLS_MAX = 8 => REFILLS_MAX = 3"),
    Harness("remove keeps the limit", "ready.c", "so does to leave it", "all maps and priorities; a queue of none or one", 35, 5),
)


@dataclass(frozen=True)
class Mutant:
    harness: str
    file: str
    old: str
    new: str

    @classmethod
    def read(cls, line):
        harness, file, text = line.split(" | ", 2)
        return cls(harness, file, *text.split(" => "))

    def __str__(self):
        return f"{self.file}: {self.old} -> {self.new}"


def mutants():
    """mutants.txt: harness | file | old text => new text."""
    for line in MUTANTS.read_text().splitlines():
        if line and not line.startswith("#"):
            yield Mutant.read(line)


def change(tree, mutant):
    path = tree / mutant.file
    text = path.read_text()
    if text.count(mutant.old) != 1:
        raise cbmc.Wrong(f"{mutant.file} has '{mutant.old}' {text.count(mutant.old)} times, not once: the change is out of date")
    path.write_text(text.replace(mutant.old, mutant.new))


@contextmanager
def sources(harness, *mutants):
    """What a harness reads: the tree, or a copy with changes in it."""
    changes = [*mutants, *([Mutant.read(f"{harness.name} | {harness.smaller}")] if harness.smaller else [])]
    if not changes:
        yield paths.ROOT
        return
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in READ:
            shutil.copytree(paths.ROOT / name, tree / name)
        for mutant in changes:
            change(tree, mutant)
        yield tree


def prove(harness):
    """The outcome of the proof; of its probe, if the end of the harness cannot be reached."""
    with sources(harness) as tree:
        outcome = cbmc.run(harness.file, harness.function, harness.unwind, sources=tree)
        if not outcome.holds:
            return outcome
        probe = cbmc.run(harness.file, harness.function, harness.unwind, ("-DPROBE",), tree)
    if len(probe.failed) != 1 or not probe.failed[0].endswith("reached"):
        return cbmc.Outcome(False, outcome.checks, ("what it assumes contradicts itself: its end is never reached",))
    return outcome


def survives(harness, mutant):
    """Whether the proof does not notice the change."""
    with sources(harness, mutant) as tree:
        return cbmc.run(harness.file, harness.function, harness.unwind, sources=tree).holds
