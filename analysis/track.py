# SPDX-License-Identifier: BSD-2-Clause
"""`kite track`: the history of numbers over commits, and the commits that changed them.

RANGE is measured where there is no run yet: what was built or measured before is remembered (trees.py, measured.py), what
cannot be built is noted and passed over.  Each commit is written to the history as soon as it is measured."""
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from analysis import foreign, history, measured, trees
from analysis.failure import Exit, Failure
from analysis.metrics import row_name

OURS = re.compile(r"[0-9a-f]{40}")
SKIPPED = (Exit.CANNOT_BUILD, Exit.BENCHMARK, Exit.MACHINE, Exit.INCONCLUSIVE)


@dataclass
class Options:
    range: str = ""
    machines: list = field(default_factory=list)
    paths: tuple = (True,)
    steps: int = 0
    since: str = ""
    imports: tuple = ()
    filter: str = ""
    metric: str = ""
    retry: bool = False
    dry_run: bool = False
    json: bool = False


def commits_of(options):
    """The commits of the range, oldest first; of many, as many as --steps says, evenly, with both ends."""
    name = options.range if ".." in options.range else f"{options.range}~..{options.range}"
    since = [f"--since={options.since}"] if options.since else []
    text = None if name.startswith("-") else trees.git("rev-list", "--reverse", "--first-parent", *since, "--end-of-options", name)
    if text is None:
        raise Failure(Exit.USAGE, f"'{options.range}' is no range of commits, such as v1..HEAD or HEAD~20..")
    commits = text.split()
    if not commits:
        raise Failure(Exit.INCOMPARABLE, f"there is no commit in {options.range}{' since ' + options.since if since else ''}")
    if 0 < options.steps < len(commits):
        last = max(options.steps - 1, 1)
        commits = [commits[round(i * (len(commits) - 1) / last)] for i in range(options.steps)]
    return commits


def place(machine, fast):
    """How a history names a machine and which kernel it ran."""
    return machine.name if fast else f"{machine.name} slow"


def missing_of(commits, options, runs):
    """{commit: [(machine, fast)]} of what has no run; what failed is only tried again with --retry."""
    there = {(run["commit"], run["machine"]) for run in runs if "values" in run or not options.retry}
    wanted = {commit: [(machine, fast) for machine in options.machines for fast in options.paths
                       if (commit, place(machine, fast)) not in there] for commit in commits}
    return {commit: pairs for commit, pairs in wanted.items() if pairs}


def time_of(commit):
    return trees.git("show", "-s", "--format=%cI", commit) or ""


def failed(commit, machine, fast, failure):
    return {"commit": commit, "time": time_of(commit), "machine": place(machine, fast), "kind": "exact", "key": "",
            "failed": f"{int(failure.code)}: {failure.line}"}


def run_of_job(commit, job):
    values = {}
    for line in job.lines:
        if line["type"] == "result":
            values.setdefault(row_name(line["bench"], line["params"]), {})[line["metric"]] = line["value"]
    return {"commit": commit, "time": time_of(commit), "machine": place(job.machine, job.fast), "kind": "exact",
            "key": foreign.key_of(job.mark), "values": values}


def measure_one(commit, machine, fast, say):
    """The run of one commit on one machine, whatever came of it."""
    try:
        job, = measured.jobs_of(trees.find(commit), [machine], (fast,), say)
        measured.measure([job], say)
        if job.failure:
            raise job.failure
        return run_of_job(commit, job)
    except Failure as failure:
        if failure.code not in SKIPPED:
            raise
        say(f"{commit[:12]}, {place(machine, fast)}: skipped: {failure.line}")
        return failed(commit, machine, fast, failure)


def measure(options, say):
    """Fills the gaps of the range; returns its runs, in the order of the commits."""
    commits = commits_of(options)
    missing = missing_of(commits, options, history.read(history.OWN))
    say(f"{len(commits)} commits, {len(missing)} of them to be measured")
    if options.dry_run:
        lines = [f"measure {commit[:12]} on {', '.join(place(*pair) for pair in pairs)}" for commit, pairs in missing.items()]
        print("\n".join(lines or [f"nothing: there is a run of all {len(commits)} commits"]))
        return []
    for number, (commit, pairs) in enumerate(missing.items(), 1):
        say(f"{commit[:12]}: {number} of {len(missing)}")
        for machine, fast in pairs:
            history.add(history.OWN, [measure_one(commit, machine, fast, say)])
    order, names = {commit: i for i, commit in enumerate(commits)}, {place(m, fast) for m in options.machines for fast in options.paths}
    newest = {(run["commit"], run["machine"]): run for run in history.read(history.OWN)}
    mine = [run for (commit, name), run in newest.items() if commit in order and name in names]
    return sorted(mine, key=lambda run: order[run["commit"]])


def brought(options):
    """The runs of the files to import, which are kept; all files are read before the first is."""
    files = [(Path(name), foreign.read(Path(name))) for name in options.imports]
    for path, runs in files:
        known = {(run["commit"], run["time"], run["machine"]) for run in history.read(path.stem)}
        if new := [run for run in runs if (run["commit"], run["time"], run["machine"]) not in known]:
            if not options.dry_run:
                history.add(path.stem, new)
    return [run for _, runs in files for run in runs]


def short(commit):
    """A commit of ours in short; what others call a version as it is."""
    return commit[:12] if OURS.fullmatch(commit) else commit


def subject(commit):
    """What a commit's title is, if it is one of ours."""
    return trees.git("show", "-s", "--format=%s", commit) if OURS.fullmatch(commit) else ""


def found_in(runs, options):
    """[(Series, Change)] of the series that are wanted."""
    wanted = [one for one in history.series_of(runs) if re.search(options.filter, one.row)
              and (not options.metric or one.metric == options.metric)]
    if not wanted and any("values" in run for run in runs):
        raise Failure(Exit.USAGE, f"no series matches '{options.filter}' {options.metric}".rstrip())
    return wanted, [(series, change) for series in wanted for change in history.changes_of(series)]


def as_json(series, change):
    after, before = series.runs[change.index], series.runs[change.index - 1]
    return {"type": "change", "machine": series.machine, "row": series.row, "metric": series.metric, "kind": series.kind,
            "commit": after["commit"], "previous": before["commit"], "index": change.index, "before": change.before,
            "after": change.after, "probability": change.probability}


def show_commit(key, pairs):
    commit, previous = key
    note = f"  (before it: {short(previous)})" if previous else ""
    print(f"{short(commit)} {subject(commit)}".rstrip() + note)
    for series, change in sorted(pairs, key=lambda pair: -abs(pair[1].ratio - 1))[:10]:
        kind = "slower" if change.after > change.before else "faster"
        chance = f", by chance {change.probability:.2g}" if series.kind != "exact" else ""
        print(f"  {kind} {change.after - change.before:+g} ({100 * (change.ratio - 1):+.1f}%{chance})  {series.name}: "
              f"{change.before:g} -> {change.after:g}")
    if len(pairs) > 10:
        print(f"  and {len(pairs) - 10} more; --json has them all")


def not_next(series, change):
    """The version measured before, if it is not the parent of one of ours: the culprit may lie between."""
    commit, previous = series.runs[change.index]["commit"], series.runs[change.index - 1]["commit"]
    parent = trees.git("rev-parse", "--verify", "--quiet", f"{commit}^") if OURS.fullmatch(commit) else None
    return previous if parent != previous else ""


def show(runs, wanted, found):
    by_commit = {}
    for series, change in found:
        by_commit.setdefault((series.runs[change.index]["commit"], not_next(series, change)), []).append((series, change))
    for key, pairs in by_commit.items():
        show_commit(key, pairs)
    for run in runs:
        if "failed" in run:
            print(f"skipped {run['commit'][:12]}, {run['machine']}: {run['failed']}")
    print(f"{len({run['commit'] for run in runs})} commits, {len(wanted)} series, {len(found)} changes at {len(by_commit)} commits")


def run(options, say):
    """The whole command; returns the exit code."""
    try:
        re.compile(options.filter)
    except re.error as error:
        raise Failure(Exit.USAGE, f"--filter '{options.filter}' is no regular expression: {error}") from None
    runs = brought(options) if options.imports else measure(options, say)
    if options.dry_run:
        return Exit.SAME
    wanted, found = found_in(runs, options)
    if options.json:
        for pair in found:
            print(json.dumps(as_json(*pair)))
    else:
        show(runs, wanted, found)
    return Exit.SAME if wanted else Exit.INCOMPARABLE
