# SPDX-License-Identifier: BSD-2-Clause
"""`kite compare --board`: boots both sides on one board, in turn, until every row has a verdict."""
import dataclasses

from analysis import paths, record, sides, trees
from analysis.board import bench, campaign
from analysis.failure import Exit, Failure


@dataclasses.dataclass(frozen=True)
class Board:
    """The board of a comparison, and how it is to be used."""
    board: object
    stand_in: bool = False
    resume: bool = False

    @property
    def name(self):
        return self.board.name


def built(tree, board, which, say):
    """The board as it boots this tree."""
    return trees.machines_of(tree, [board], which, say)[0]


def plan(options):
    """What would be done, a line each."""
    on = options.board
    for fast in options.paths:
        yield (f"  {on.board.preset('release', fast)} of A and of B; boot {on.name} 8 times with each, in turn, and if that does not "
               f"decide 16 and 32 times")


def measure_path(trees_built, fast, options, say):
    """The lines of both sides' records, of one path; none if both are the same."""
    on = options.board
    parts = [campaign.part_of(side, board, fast, tree.version, on.stand_in, options.filter)
             for side, (tree, board) in zip("AB", trees_built)]
    if parts[0].mark["loaded_sha256"] == parts[1].mark["loaded_sha256"]:
        return None
    running = bench.measured(on.board, parts, on, say, lambda one: one.decide(options.filter))
    return [running.lines(side) for side in "AB"]


def measure(a, b, options, say):
    """(side A, side B, what was the same and not run); both sides are kept as records."""
    if not all(isinstance(side, trees.Tree) for side in (a, b)):
        raise Failure(Exit.USAGE, "--board compares two versions of the sources, boot by boot in turn; two records compare without it")
    both = [(tree, built(tree, options.board.board, options.paths, say)) for tree in (a, b)]
    lines, identical = ([], []), []
    for fast in options.paths:
        found = measure_path(both, fast, options, say)
        if found is None:
            identical.append((options.board.name, fast))
            continue
        for mine, more in zip(lines, found):
            mine += more
    for tree, mine in zip((a, b), lines):
        if mine:
            say(f"record of {tree.name}: {paths.shown(record.write(mine, tree.version))}")
    return *(sides.of_lines(tree.name, mine) for tree, mine in zip((a, b), lines)), identical
