# SPDX-License-Identifier: BSD-2-Clause
"""Bounds of the kernel as a whole: limits bite, goals only show, baselines are compared by key."""
import pytest

from analysis import bounds
from analysis.failure import Failure


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "LIMITS", tmp_path / "limits.txt")
    monkeypatch.setattr(bounds, "ACCEPTED", tmp_path / "accepted.txt")
    bounds.LIMITS.write_text("# a comment\nlimit vax text_bytes 100\ngoal pdp text_bytes 100\nlimit vax longest_passage 30\n")


def test_a_limit_is_held_and_a_goal_is_not(files):
    assert list(bounds.exceeded("vax", {"text_bytes": 100, "longest_passage": 30})) == []
    assert len(list(bounds.exceeded("vax", {"text_bytes": 101, "longest_passage": 31}))) == 2
    assert list(bounds.exceeded("pdp", {"text_bytes": 101})) == []


def test_accepted_numbers_are_compared_by_key(files):
    assert bounds.differences("here", "m", {"text_bytes": 5}) is None
    bounds.update("here", "m", {"text_bytes": 5})
    bounds.update("here", "n", {"text_bytes": 7})
    assert bounds.differences("here", "m", {"text_bytes": 5}) == []
    assert bounds.differences("here", "m", {"text_bytes": 6}) == ["text_bytes: 5 -> 6"]
    assert bounds.differences("there", "m", {"text_bytes": 5}) is None


@pytest.mark.parametrize("line", ["limit vax text_bytes", "limit vax colour 5", "wish vax text_bytes 5", "limit vax text_bytes many"])
def test_a_line_that_cannot_be_read_is_an_error(files, line):
    bounds.LIMITS.write_text(line + "\n")
    with pytest.raises(Failure):
        bounds.limits()
