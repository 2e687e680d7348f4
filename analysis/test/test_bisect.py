# SPDX-License-Identifier: BSD-2-Clause
"""`kite bisect` on a repository of its own, whose commits' numbers stand in a file: culprits, skipping, going on, bad words."""
import json
import subprocess

import pytest
from conftest import kite, row
from test_compare import side

from analysis import bisect, paths, trees
from analysis.failure import Exit, Failure

BROKEN = 0


def git(place, *words):
    return subprocess.run(["git", "-C", str(place), "-c", "user.name=t", "-c", "user.email=t@invalid", *words], check=True,
                          capture_output=True, text=True).stdout.strip()


class Laboratory:
    """Commits of which each has a number, and what was measured."""

    def __init__(self, place, monkeypatch):
        self.place, self.asked, self.stop_after = place, [], None
        monkeypatch.setattr(paths, "ROOT", place)
        monkeypatch.setattr(bisect, "PLACE", place / "build/bisect")
        monkeypatch.setattr(bisect, "STATE", place / "build/bisect.json")
        monkeypatch.setattr(bisect, "side_of", self.side_of)
        git(place, "init", "-q")

    def commits(self, numbers):
        """A commit a number."""
        made = []
        for i, number in enumerate(numbers):
            (self.place / "number").write_text(f"{i} {number}")
            git(self.place, "add", "number")
            git(self.place, "commit", "-qm", f"{i}")
            made.append(git(self.place, "rev-parse", "HEAD"))
        return made

    def side_of(self, commit, options, say):
        number = int(trees.git("show", f"{trees.find(commit).commit}:number").split()[1])
        self.asked.append(commit)
        if len(self.asked) == self.stop_after:
            raise KeyboardInterrupt
        if number == BROKEN:
            raise Failure(Exit.CANNOT_BUILD, "error: no such thing")
        return side(commit, [row(value=number)], steps=(("call.entry", 9), ("call.commit", number - 44)))


@pytest.fixture
def laboratory(tmp_path, monkeypatch):
    return Laboratory(tmp_path, monkeypatch)


class Machine:
    name = "qemu-riscv64"


def find(commits, capsys, bench="^ipc/call"):
    code = bisect.run(bisect.Options(bench, commits[0], commits[-1], Machine, json=True), lambda text: None)
    assert code == Exit.SAME
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("before, after", [(50, 51), (51, 50)], ids=["regression", "improvement"])
@pytest.mark.parametrize("culprit", [1, 13, 31])
def test_the_culprit_is_found_in_few_steps(laboratory, capsys, before, after, culprit):
    commits = laboratory.commits([before] * culprit + [after] * (32 - culprit))
    head = git(laboratory.place, "rev-parse", "HEAD")
    found = find(commits, capsys)
    assert found["commit"] == commits[culprit] and len(found["seen"]) <= 6
    assert [(one["step"], one["delta"]) for one in found["why"][0]["why"]] == [("call.commit", after - before)]
    assert git(laboratory.place, "rev-parse", "HEAD") == head and not git(laboratory.place, "status", "--porcelain", "number")
    assert git(laboratory.place, "worktree", "list").count("\n") == 0 and not bisect.STATE.exists()


def test_what_cannot_be_built_is_skipped(laboratory, capsys):
    numbers = [50] * 5 + [51] * 11
    numbers[7] = numbers[8] = BROKEN
    commits = laboratory.commits(numbers)
    found = find(commits, capsys)
    assert found["commit"] == commits[5] and any("no such thing" in str(one) for one in found["seen"].values())


def test_a_culprit_among_what_cannot_be_built_is_inconclusive(laboratory, capsys):
    commits = laboratory.commits([50, 50, BROKEN, 51, 51])
    with pytest.raises(Failure) as caught:
        find(commits, capsys)
    assert caught.value.code == Exit.INCONCLUSIVE and commits[2][:12] in str(caught.value) and not bisect.PLACE.exists()


def test_an_interrupted_bisection_goes_on(laboratory, capsys):
    commits = laboratory.commits([50] * 21 + [51] * 11)
    laboratory.stop_after = 5                           # the two ends, and two commits between them, are known
    with pytest.raises(KeyboardInterrupt):
        find(commits, capsys)
    laboratory.stop_after = None
    before = set(laboratory.asked[2:4])
    laboratory.asked.clear()
    assert find(commits, capsys)["commit"] == commits[21]
    assert not before & set(laboratory.asked[2:-2])     # the last two are for the reason


def test_equal_ends_are_exit_5(laboratory, capsys):
    commits = laboratory.commits([50, 51, 50])
    for bench, word in (("^ipc/call", "is the same"), ("^nothing", "no row that matches")):
        with pytest.raises(Failure) as caught:
            find(commits, capsys, bench)
        assert caught.value.code == Exit.INCOMPARABLE and word in str(caught.value)


@pytest.mark.parametrize("words", [("^ipc", "HEAD", "no-such-commit"), ("(", "HEAD", "HEAD"), ("^ipc", "HEAD", "HEAD", "--metric", "seconds"),
                                   ("^ipc", "HEAD")])
def test_words_that_mean_nothing_are_usage_errors(words):
    assert kite("bisect", *words).returncode == Exit.USAGE
