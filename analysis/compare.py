# SPDX-License-Identifier: BSD-2-Clause
"""`kite compare`: builds and measures two sides, judges every row, says why it differs, and ends with the exit code.

A side is a stored record, the tree of a commit, or the working tree.  Where everything that is loaded is the same on both
sides nothing is run: what is the same is as fast.
"""
import json
import re
from dataclasses import dataclass

from analysis import accept, measured, paths, record, sides, trees, verdict, verdict_text
from analysis.failure import Exit, Failure


@dataclass
class Options:
    a: str
    b: str
    machines: list
    filter: str = ""
    paths: tuple = (True, False)
    json: bool = False
    all: bool = False
    accept: str = ""
    fresh: bool = False
    dry_run: bool = False
    board: object = None        # board.compare.Board: measure there, instead of counting on the machines


@dataclass
class Outcome:
    """Everything that a comparison found."""
    a: sides.Side
    b: sides.Side
    verdicts: list
    identical: list             # (machine, path) that were not run, being the same
    code: int


def record_path(name):
    """The record that a side's name means: a file, or one of results/records/ by its name; None if neither."""
    from pathlib import Path
    for path in (Path(name), paths.RECORDS / name, paths.RECORDS / f"{name}.jsonl"):
        if path.is_file():
            return path
    return None


def resolve(name):
    """A side by what the user calls it: a Tree, or the path of a record."""
    if not name or name == ".":
        return trees.working()
    tree, path = trees.find(name), record_path(name)
    if not tree and not path:
        raise Failure(Exit.USAGE, f"'{name}' is no commit, tag, branch or record; see: kite list records, git log")
    return tree or path


def plan_texts(a, b, options):
    """What would be done, a line each."""
    for name, side in (("A", a), ("B", b)):
        if isinstance(side, trees.Tree):
            where = f"commit {side.commit[:12]}, tree {side.tree[:12]}" if side.tree else "built in place"
            yield f"{name}: {side.name}: {where}"
            if options.board:
                continue
            for machine in options.machines:
                for fast in options.paths:
                    preset = machine.preset("release", fast)
                    there = bool(side.tree) and (trees.kept_directory(side) / preset).exists()
                    yield f"  {'already built' if there else 'build'} {preset}; boot {machine.name} twice, unless remembered"
        else:
            yield f"{name}: the record {side.name}"
    if options.board:
        from analysis.board import compare as on_board
        yield from on_board.plan(options)


def jobs_by_path(jobs):
    return {(job.machine.name, job.fast): job for job in jobs}


def drop_identical(a, b):
    """Takes the jobs whose loaded bytes are the same out of both lists; returns which these were."""
    mine, others = jobs_by_path(a), jobs_by_path(b)
    same = [key for key in mine if key in others and mine[key].mark["loaded_sha256"] == others[key].mark["loaded_sha256"]]
    for jobs in (a, b):
        jobs[:] = [job for job in jobs if (job.machine.name, job.fast) not in same]
    return same


def machines_of_records(chosen, options):
    """The machines that a comparison with records is about: those that the records have."""
    there = [{mark["machine"] for mark in side.marks.values()} for side in chosen if isinstance(side, sides.Side)]
    return [machine for machine in options.machines if all(machine.name in names for names in there)]


def measure_sides(a, b, options, say):
    """(side A, side B, what was the same) of two trees or records."""
    chosen = [side if isinstance(side, trees.Tree) else sides.of_lines(side.name, record.read(side)) for side in (a, b)]
    machines = machines_of_records(chosen, options)
    if not machines and any(isinstance(side, trees.Tree) for side in chosen):
        raise Failure(Exit.INCOMPARABLE, "the record has none of these machines")
    jobs = [measured.jobs_of(side, machines, options.paths, say) if isinstance(side, trees.Tree) else None for side in chosen]
    same = drop_identical(*jobs) if None not in jobs else []
    if flat := [job for side in jobs for job in side or []]:
        measured.measure(flat, say, options.fresh)
    return *(sides.of_jobs(side.name, mine) if mine is not None else side for side, mine in zip(chosen, jobs)), same


def wanted(verdicts, options):
    """The verdicts that the options ask for."""
    names = {options.board.name} if options.board else {machine.name for machine in options.machines}
    allowed = {"fast" if fast else "slow" for fast in options.paths}
    return [one for one in verdicts if one.machine in names and one.path in allowed and re.search(options.filter, one.name)]


def code_of(verdicts, failures, identical):
    """The exit code; the gravest counts."""
    kinds = {one.verdict for one in verdicts}
    open_regressions = any(one.verdict == verdict.REGRESSED and not one.accepted for one in verdicts)
    if failures:
        return max(failure.code for failure in failures)
    if open_regressions:
        return Exit.REGRESSION
    if verdict.INCONCLUSIVE in kinds:
        return Exit.INCONCLUSIVE
    comparable = identical or kinds & {verdict.SAME, verdict.IMPROVED, verdict.REGRESSED}
    return Exit.SAME if comparable else Exit.INCOMPARABLE


def marks_by_machine(side):
    return {mark["machine"]: mark for mark in side.marks.values()}


def find_out(options, say):
    """The comparison itself: an Outcome."""
    a, b = resolve(options.a), resolve(options.b)
    if options.board:
        from analysis.board import compare as on_board
        side_a, side_b, identical = on_board.measure(a, b, options, say)
    else:
        side_a, side_b, identical = measure_sides(a, b, options, say)
    verdicts = wanted(verdict.of_sides(side_a, side_b), options)
    is_tree = [side if isinstance(side, trees.Tree) else None for side in (a, b)]
    accept.apply(verdicts, *is_tree, marks_by_machine(side_b), options.accept)
    failures = [*side_a.failures.values(), *side_b.failures.values()]
    return Outcome(side_a, side_b, verdicts, identical, code_of(verdicts, failures, identical))


def run(options, say):
    """The whole command; returns the exit code."""
    try:
        re.compile(options.filter)
    except re.error as error:
        raise Failure(Exit.USAGE, f"--filter '{options.filter}' is no regular expression: {error}") from None
    if options.dry_run:
        for line in plan_texts(resolve(options.a), resolve(options.b), options):
            print(line)
        return Exit.SAME
    outcome = find_out(options, say)
    if options.json:
        for line in verdict_text.json_lines(outcome):
            print(json.dumps(line))
    else:
        verdict_text.show(outcome, options.all)
    return outcome.code
