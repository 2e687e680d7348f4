# SPDX-License-Identifier: BSD-2-Clause
"""Boots of a board until there is a verdict: how often it is wrong, through the whole of wire, journal, record and comparison; and
what is kept when something goes wrong."""
import dataclasses
import errno
import json

import pytest
from fake_board import FakeBoard, Truth

from analysis import compare, paths, record, sides, statistics, verdict
from analysis.board import campaign, control, description, judge, session
from analysis.failure import Exit, Failure

BOARD = description.make_board({"name": "fake", "arch": "riscv64", "cpu": "none", "counters": {"there": ["cycles"]},
                                "console": {"silence": 10.0}}, "fake.toml")
MARK = {"type": "fingerprint", "schema": 1, "machine": "fake", "preset": "riscv64-release", "commit": "a" * 40, "dirty": "",
        "compiler": "clang 19.1.7", "compiler_full": "Debian clang version 19.1.7", "flags": "-O2", "text_sha256": "0" * 64,
        "text_bytes": 5000, "loaded_sha256": "1" * 64, "cpu": "none", "mitigations": "none", "fpu": "none",
        "board": {"samples": 64, "batch": 1, "words": "", "event": 0, "firmware": "none", "stand_in": ""}}
NOISE = description.Noise(flips=0.0003, lost=0.003, seed=1)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build")
    monkeypatch.setattr(session, "REPEAT", 0.02)
    monkeypatch.setattr("gc.collect", lambda *_: 0)         # statsmodels calls it each time: four fifths of this file's time
    return tmp_path


def part(side, commit="a" * 40):
    token = side.lower()
    mark = record.with_identity({**MARK, "commit": commit, "loaded_sha256": token * 64 if token in "ab" else "1" * 64})
    return campaign.Part(side, mark, control.Image(None, None, "", token), "fast")


IMPATIENT = dataclasses.replace(BOARD, console=description.Console(silence=0.5))


def running(board, resume=False, said=None, described=BOARD):
    return campaign.Campaign(described, [part("A"), part("B", "b" * 40)], board, (said if said is not None else []).append, resume)


def verdicts(board, resume=False, described=BOARD):
    """A whole comparison, from the line to the verdicts."""
    one = running(board, resume, described=described)
    one.decide()
    return [found.verdict for found in verdict.of_sides(*(sides.of_lines(side, one.lines(side)) for side in "AB"))]


def test_a_against_a_is_called_changed_at_most_once_in_a_hundred_comparisons():
    runs = [verdicts(FakeBoard(Truth(seed), NOISE)) for seed in range(100)]
    wrong = sum(verdict.REGRESSED in run or verdict.IMPROVED in run for run in runs)
    same = sum(run == [verdict.SAME] * 2 for run in runs)
    print(f"of 100 A/A comparisons on the noisy stand-in, {wrong} were called changed and {same} same")
    assert wrong <= 1 and same >= 95


def test_three_percent_are_found_in_95_of_100_comparisons():
    """Slower alone: test_statistics.py has both directions, and here it is about what lies around the statistics."""
    found = sum(verdicts(FakeBoard(Truth(seed, 0.03), NOISE)) == [verdict.REGRESSED] * 2 for seed in range(100))
    print(f"a shift of 3% was found in {found} of 100 comparisons on the noisy stand-in")
    assert found >= 95


# ---- what is kept ----

def test_a_record_of_a_board_fits_the_schema_and_compares_with_itself():
    one = running(FakeBoard(Truth(1), NOISE))
    one.run(6)
    lines = one.lines("A")
    record.check(lines)
    assert {line["type"] for line in lines} == {"fingerprint", "result", "samples"}
    assert [line["boots"] for line in lines if line["type"] == "result"] == [6, 6]
    side = sides.of_lines("A", lines)
    found = verdict.of_sides(side, side)
    assert [one.verdict for one in found] == [verdict.SAME] * 2 and all(one.judgement.ratio == 1 for one in found)


@pytest.mark.parametrize("change", [{"kind": "exact"}, {"metric": "loads"}, {"boots": 0}, {"value": -1}, {"unit": "lines"}])
def test_the_schema_refuses_what_no_board_measures(change):
    one = running(FakeBoard(Truth(1)))
    one.run(1)
    lines = [line | change if line["type"] == "result" else line for line in one.lines("A")]
    with pytest.raises(Failure):
        record.check(lines)


def test_a_board_that_reboots_once_is_booted_again_and_that_is_said():
    said = []
    one = running(FakeBoard(Truth(1), mischief=lambda boot: "reboots" if boot == 3 else ""), said=said)
    one.run(2)
    assert len(one.journal.boots) == 4 and any("began anew" in text and "once more" in text for text in said)


def test_a_board_that_fails_for_good_ends_with_75_and_resume_goes_on_with_what_was_kept():
    with pytest.raises(Failure) as caught:
        verdicts(FakeBoard(Truth(1), mischief=lambda boot: "falls_silent" if boot > 5 else ""), described=IMPATIENT)
    assert caught.value.code == Exit.MACHINE and "5 boots are kept" in str(caught.value) and "--resume" in str(caught.value)
    board = FakeBoard(Truth(2))
    assert verdicts(board, resume=True) == [verdict.SAME] * 2
    assert board.boots == 11, "16 boots decide, of which 5 were there"


def test_without_resume_the_boots_of_before_are_put_aside():
    one = running(FakeBoard(Truth(1)))
    one.run(1)
    again = running(FakeBoard(Truth(1)))
    assert again.journal.boots == [] and again.journal.path.with_suffix(".earlier").exists()


def test_a_journal_that_was_cut_short_is_read_as_far_as_it_is_whole():
    one = running(FakeBoard(Truth(1)))
    one.run(2)
    text = one.journal.path.read_text()
    one.journal.path.write_text(text[:-20])
    again = running(FakeBoard(Truth(1)), resume=True)
    assert again.total == 3
    again.run(2)
    assert [json.loads(line)["side"] for line in again.journal.path.read_text().splitlines()].count("A") == 2


def test_a_full_disk_ends_with_1_and_the_boots_before_are_kept(monkeypatch):
    one = running(FakeBoard(Truth(1)))
    one.run(1)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr("builtins.open", full)
    with pytest.raises(Failure) as caught:
        one.run(2)
    monkeypatch.undo()
    one.starter.close()
    assert caught.value.code == Exit.ERROR and "No space left" in str(caught.value) and "2 before it are kept" in str(caught.value)


def test_a_counter_that_the_board_should_have_and_has_not_ends_with_6():
    with pytest.raises(Failure) as caught:
        running(FakeBoard(Truth(1), counters="ticks")).run(1)
    assert caught.value.code == Exit.BENCHMARK and "no counter cycles" in str(caught.value)


def test_the_order_of_boots_favours_neither_side():
    one = running(FakeBoard(Truth(1)))
    one.run(8)
    order = [boot["side"] for boot in one.journal.boots]
    firsts = order[::2]
    assert firsts.count("A") == firsts.count("B") == 4
    assert all({order[i], order[i + 1]} == {"A", "B"} for i in range(0, 16, 2))


# ---- what is judged ----

def test_the_clock_is_not_judged_beside_cycles_and_a_zero_is_not_judged_at_all():
    both = {("row", "cycles"): [5.0], ("row", "ticks"): [1.0], ("other", "cycles"): [0.0, 3.0]}
    assert set(judge.judged(both)) == {("row", "cycles")}
    assert set(judge.judged({("row", "ticks"): [1.0]})) == {("row", "ticks")}


def test_rows_whose_clock_is_too_coarse_are_not_comparable():
    class Coarse(Truth):
        def __call__(self, token, boot):
            return {row: values // 100_000_000 for row, values in super().__call__(token, boot).items()}
    one = running(FakeBoard(Coarse(1)))
    one.run(6)
    found = verdict.of_sides(*(sides.of_lines(side, one.lines(side)) for side in "AB"))
    assert {one.verdict for one in found} == {verdict.INCOMPARABLE} and "too seldom" in found[0].reason
    assert compare.code_of(found, [], []) == Exit.INCOMPARABLE


def test_too_few_boots_are_inconclusive():
    one = running(FakeBoard(Truth(1, 0.5)))
    one.run(statistics.BOOTS_LEAST - 1)
    found = verdict.of_sides(*(sides.of_lines(side, one.lines(side)) for side in "AB"))
    assert {one.verdict for one in found} == {verdict.INCONCLUSIVE}


@pytest.mark.parametrize("change", [{"board": {**MARK["board"], "firmware": "newer"}}, {"cpu": "another"},
                                    {"board": {**MARK["board"], "stand_in": "qemu-sifive-u"}}])
def test_boards_that_differ_are_not_comparable(change):
    one = running(FakeBoard(Truth(1)))
    one.run(6)
    a, b = one.lines("A"), one.lines("A")
    mark = record.with_identity({**{key: value for key, value in b[0].items() if key != "id"}, **change})
    b = [mark, *({**line, "fingerprint": mark["id"]} for line in b[1:])]
    found = verdict.of_sides(sides.of_lines("A", a), sides.of_lines("B", b))
    assert {one.verdict for one in found} == {verdict.INCOMPARABLE} and "another" in found[0].reason


@pytest.mark.parametrize("pattern, word", [("", ""), ("^ipc/round_trip words=0", "ipc/round_trip"), ("system/null", "system/null"),
                                           ("^ipc/", "ipc/"), ("words=0", ""), ("^ipc/|^system/", ""), ("ipc/.*", "")])
def test_the_program_is_asked_for_no_more_than_it_must_be_and_for_no_less(pattern, word):
    assert description.guest_filter(pattern) == word
