# SPDX-License-Identifier: BSD-2-Clause
"""`kite bisect`: the commit between two that changed a number, by git bisect with the exact metric.

git chooses the commits, in a worktree of its own under build/ that holds none of their files (--no-checkout), so that
neither the user's checkout nor a bisection of theirs is touched; trees.py builds and measured.py remembers.  A commit
counts as bad if it is nearer to BAD than to GOOD; one that cannot be built or measured is skipped.  What git has
been told stays until the end: an interrupted bisection goes on where it was.
"""
import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field

from analysis import compare, measured, metrics, paths, sides, trees, verdict, verdict_text
from analysis.failure import Exit, Failure

PLACE = paths.BUILD / "bisect"
STATE = paths.BUILD / "bisect.json"             # what the bisection under way was asked for
OLD, NEW = "kite-old", "kite-new"               # for git: a search for an improvement has no good and bad
CULPRIT = re.compile(r"^([0-9a-f]{40}) is the first kite-new commit", re.M)
LEFT = re.compile(r"roughly (\d+) steps?")


@dataclass
class Options:
    bench: str
    good: str
    bad: str
    machine: object
    fast: bool = True
    metric: str = "kernel_instructions"
    json: bool = False
    fresh: bool = False

    @property
    def question(self):
        """What makes an interrupted bisection this one."""
        ends = [git_commit(name) for name in (self.good, self.bad)]
        return [self.bench, *ends, self.machine.name, self.fast, self.metric]


@dataclass
class Search:
    """What is known so far: the number of every commit that was measured, and of the ends."""
    options: Options
    rows: list = field(default_factory=list)
    good: float = 0.0
    bad: float = 0.0
    seen: dict = field(default_factory=dict)            # commit -> number, or why it was skipped

    def is_new(self, number):
        return abs(number - self.bad) < abs(number - self.good)


def git_commit(name):
    tree = trees.find(name)
    if not tree:
        raise Failure(Exit.USAGE, f"'{name}' is no commit, tag or branch")
    return tree.commit


def git(*words):
    """git in the bisection's worktree: (exit code, what it said)."""
    done = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(PLACE), *words], capture_output=True, text=True,
                          errors="replace")
    return done.returncode, done.stdout + done.stderr


def side_of(commit, options, say):
    """What was measured of a commit; Failure if it cannot be built or measured."""
    jobs = measured.jobs_of(trees.find(commit), [options.machine], (options.fast,), say)
    measured.measure(jobs, say, options.fresh)
    if failure := next((job.failure for job in jobs if job.failure), None):
        raise failure
    return sides.of_jobs(commit, jobs)


def numbers_of(side, options):
    """{row's name: number} of the rows that are asked for."""
    return {row.name: row.values[options.metric] for row in side.rows.values()
            if re.search(options.bench, row.name) and options.metric in row.values}


def ends(search, say):
    """Measures GOOD and BAD: the rows that differ are what is searched for."""
    options = search.options
    good, bad = (numbers_of(side_of(git_commit(name), options, say), options) for name in (options.good, options.bad))
    both = [name for name in good if name in bad]
    if not both:
        raise Failure(Exit.INCOMPARABLE, f"no row that matches '{options.bench}' is in both commits; see: kite list benchmarks")
    search.rows = [name for name in both if good[name] != bad[name]]
    search.good, search.bad = (sum(side[name] for name in search.rows) for side in (good, bad))
    if search.good == search.bad:
        raise Failure(Exit.INCOMPARABLE, f"nothing to find: {options.metric} of the {len(both)} rows "
                                         f"{'is the same' if not search.rows else 'adds up to the same'} in {options.good} and {options.bad}")


def number_of(commit, search, say):
    """The sum over the rows that differ at the ends; Failure if the commit lacks one."""
    found = numbers_of(side_of(commit, search.options, say), search.options)
    if missing := [name for name in search.rows if name not in found]:
        raise Failure(Exit.BENCHMARK, f"has no row {missing[0]}")
    return sum(found[name] for name in search.rows)


def start(search):
    """A new bisection, or the interrupted one; returns whether it is the latter."""
    question = search.options.question
    try:
        kept = json.loads(STATE.read_text())
        if kept["question"] == question and git("bisect", "log")[0] == 0:
            search.seen = kept["seen"]
            return True
    except (OSError, ValueError, KeyError):
        pass
    end()
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    if trees.git("worktree", "add", "--detach", "--no-checkout", str(PLACE), question[2]) is None:
        raise Failure(Exit.ERROR, f"git cannot make the worktree {paths.shown(PLACE)}; is the disk full?")
    code, said = git("bisect", "start", "--no-checkout", f"--term-old={OLD}", f"--term-new={NEW}", question[2], question[1])
    if code:
        end()
        raise Failure(Exit.USAGE, f"git cannot bisect {search.options.good}..{search.options.bad}: {said.strip()}")
    return False


def end():
    """Leaves nothing behind, neither the worktree nor git's note of it."""
    git("bisect", "reset") if PLACE.exists() else None
    trees.git("worktree", "remove", "--force", str(PLACE))
    shutil.rmtree(PLACE, ignore_errors=True)
    trees.git("worktree", "prune")
    STATE.unlink(missing_ok=True)


def note(search):
    from analysis.record import write_whole
    write_whole(STATE, json.dumps({"question": search.options.question, "seen": search.seen}))


def judge(commit, search, say):
    """The word for git on a commit, which is remembered in seen."""
    try:
        number = number_of(commit, search, say)
    except Failure as failure:
        if failure.code not in (Exit.CANNOT_BUILD, Exit.BENCHMARK, Exit.MACHINE, Exit.INCONCLUSIVE):
            raise
        search.seen[commit] = f"skipped: {failure.line}"
        say(f"{commit[:12]}: {search.seen[commit]}")
        return "skip"
    search.seen[commit] = number
    word = NEW if search.is_new(number) else OLD
    say(f"{commit[:12]}: {number:g}, as {search.options.bad if word == NEW else search.options.good}")
    return word


def search_on(search, say):
    """Asks git for commit after commit; the culprit, or Failure(4) if skipped commits hide it."""
    while True:
        code, head = git("rev-parse", "--verify", "BISECT_HEAD")
        if code:
            raise Failure(Exit.ERROR, f"git lost the bisection: {head.strip()}; run the command again")
        code, said = git("bisect", judge(head.strip(), search, say))
        note(search)
        if found := CULPRIT.search(said):
            return found[1]
        if "only 'skip'ped commits" in said:
            end()
            names = " ".join(line[:12] for line in said.splitlines() if re.fullmatch(r"[0-9a-f]{40}", line))
            raise Failure(Exit.INCONCLUSIVE, f"it is one of these, of which some cannot be built: {names}")
        if code:
            raise Failure(Exit.ERROR, f"git bisect: {said.strip()}")
        if left := LEFT.search(said):
            say(f"about {left[1]} more to measure")


def explain(culprit, search, say):
    """The verdicts on the culprit against its parent, for the reason; None if the parent cannot be measured."""
    try:
        a, b = (side_of(git_commit(name), search.options, say) for name in (f"{culprit}^", culprit))
    except Failure:
        return None
    verdicts = [one for one in verdict.of_sides(a, b) if one.name in search.rows]
    return compare.Outcome(a, b, verdicts, [], Exit.SAME)


def show(culprit, search, outcome):
    title = trees.git("show", "-s", "--format=%h %an, %as: %s", culprit)
    print(f"{title}\n  {search.options.metric} of {len(search.rows)} rows, e.g. {search.rows[0]}: "
          f"{search.good:g} in {search.options.good}, {search.bad:g} in {search.options.bad}; {len(search.seen)} commits tried")
    for line in verdict_text.why_lines(outcome) if outcome else ():
        print(line)


def as_json(culprit, search, outcome):
    why = [{"row": one.name, "verdict": one.verdict, "why": verdict_text.why_of(outcome, one)} for one in outcome.verdicts] \
        if outcome else []
    return {"type": "culprit", "commit": culprit, "metric": search.options.metric, "rows": search.rows, "good": search.good,
            "bad": search.bad, "seen": search.seen, "why": why}


def run(options, say):
    """The whole command; returns the exit code."""
    try:
        re.compile(options.bench)
    except re.error as error:
        raise Failure(Exit.USAGE, f"'{options.bench}' is no regular expression: {error}") from None
    if options.metric not in metrics.METRICS:
        raise Failure(Exit.USAGE, f"there is no exact metric '{options.metric}'; there are: {', '.join(metrics.METRICS)}")
    search = Search(options)
    ends(search, say)
    if start(search):
        say(f"going on: {len(search.seen)} commits are known")
    culprit = search_on(search, say)
    outcome = explain(culprit, search, say)
    end()
    print(json.dumps(as_json(culprit, search, outcome))) if options.json else show(culprit, search, outcome)
    return Exit.SAME
