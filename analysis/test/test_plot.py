# SPDX-License-Identifier: BSD-2-Clause
"""Pictures: every kind in every format, from one record and from several; what cannot be drawn says why."""
import subprocess

import pytest
from conftest import row

from analysis import plot, record
from analysis.failure import Exit, Failure
from analysis.plot import choose, distributions, history

PROFILE = {"call.entry": 7.0, "call.commit": 20.0, "reply_recv.entry": 70.0}


def mark(commit):
    return {"type": "fingerprint", "schema": 1, "id": "0" * 16, "machine": "qemu-riscv64", "preset": "x", "commit": commit,
            "dirty": "", "compiler": "clang 19", "compiler_full": "x", "flags": "", "text_sha256": "0" * 64, "text_bytes": 1,
            "loaded_sha256": "0" * 64, "qemu": "7.2", "command": [], "cpu": "rv64", "mitigations": "none", "fpu": "lazy"}


def write(commit, *rows):
    lines = [mark(commit)]
    for one in rows:
        lines += [*record.results_of(one, "0" * 16), record.samples_of(one, "0" * 16),
                  {"type": "profile", "machine": one.machine, "bench": one.bench, "params": one.params,
                   "unit": "instructions", "counts": PROFILE, "fingerprint": "0" * 16}]
    return record.write(lines, (commit, ""))


def noisy(value, **params):
    """A row whose iterations differ."""
    one = row("ipc/round_trip", value, **params)
    one.samples = {metric: [value + i * i % 37 for i in range(100)] for metric in one.samples}
    return one


@pytest.fixture
def two(results):
    write("a" * 40, noisy(100), row("ipc/round_trip", 90, space="same"), row("ipc/call", 50))
    write("b" * 40, noisy(110), row("ipc/round_trip", 90, space="same"), row("ipc/call", 51))
    return results


def options(kind="distribution", **changes):
    return plot.Options(kind, **changes)


@pytest.mark.parametrize("kind", plot.KINDS)
@pytest.mark.parametrize("suffix, begins", [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF"), ("txt", b"")])
def test_every_kind_is_drawn_in_every_format(two, kind, suffix, begins):
    if (kind, suffix) == ("heatmap", "txt"):
        pytest.skip("colours only")
    output = two / f"out.{suffix}"
    plot.run(options(kind, output=str(output)))
    assert output.read_bytes().startswith(begins) and output.stat().st_size > 200


@pytest.mark.parametrize("kind", [*plot.DISTRIBUTIONS, "steps"])
def test_records_are_overlaid_under_their_commits(two, kind):
    output = two / "out.svg"
    plot.run(options(kind, records=("a" * 12, "b" * 12), output=str(output)))
    assert "aaaaaaaa" in output.read_text() and "bbbbbbbb" in output.read_text()


@pytest.mark.parametrize("kind", plot.KINDS)
def test_kept_scripts_draw_the_same_again_elsewhere(two, kind):
    output = two / "out.svg"
    plot.run(options(kind, output=str(output), keep=True))
    first = output.read_bytes()
    moved = two / "moved"
    moved.mkdir()
    for path in two.glob("out*"):
        path.rename(moved / path.name)
    (moved / "out.svg").unlink()
    done = subprocess.run(["gnuplot", "out.gp"], cwd=moved, capture_output=True, text=True)
    assert (moved / "out.svg").read_bytes() == first, done.stderr
    assert list(moved.glob("out.*.dat"))


@pytest.mark.parametrize("changes, code", [({"filter": "nothing/like"}, Exit.USAGE), ({"metric": "cycles"}, Exit.USAGE),
                                           ({"filter": "("}, Exit.USAGE), ({"records": ("none.jsonl",)}, Exit.INCOMPARABLE),
                                           ({"output": "x.doc"}, Exit.USAGE), ({"output": "no/such/directory/x.png"}, Exit.ERROR),
                                           ({"format": "terminal", "keep": True}, Exit.USAGE)])
@pytest.mark.parametrize("kind", ["distribution", "steps", "trend"])
def test_what_cannot_be_drawn_says_why(two, kind, changes, code):
    with pytest.raises(Failure) as caught:
        plot.run(options(kind, **changes))
    assert caught.value.code == code


def test_a_heat_map_in_the_terminal_is_refused(two):
    with pytest.raises(Failure) as caught:
        plot.run(options("heatmap", format="terminal"))
    assert caught.value.code == Exit.USAGE


def test_no_record_at_all_is_said(results):
    with pytest.raises(Failure) as caught:
        plot.run(options())
    assert caught.value.code == Exit.INCOMPARABLE and "kite bench" in str(caught.value)


def test_an_ecdf_rises_by_the_share_of_each_value():
    assert distributions.ecdf_points([5, 5, 6, 9]) == [(4, 0.0), (5, 0.5), (6, 0.75), (9, 1.0), (10, 1.0)]


def test_few_values_have_bars_of_their_own_and_many_are_binned():
    assert distributions.histogram_bins([3, 3, 4]) == [(3, 2), (4, 1)]
    bins = distributions.histogram_bins(list(range(1000)))
    assert len(bins) < 50 and sum(count for _, count in bins) == 1000


def test_percentiles_are_at_one_over_what_is_above():
    assert distributions.percentile_points([10, 20, 30, 40]) == [(1, 10), (4 / 3, 20), (2, 30), (4, 40)]


def test_a_constant_still_has_a_bandwidth():
    assert distributions.bandwidth([7] * 64) > 0


def test_histories_take_a_commits_newest_record(two):
    write("b" * 40, noisy(120), row("ipc/call", 52))
    found, commits, _ = history.series(choose.records(options("trend"), everything=True), options("trend"), "ipc/call")
    assert [one.label for one in commits] == ["aaaaaaaa", "bbbbbbbb"]
    assert list(found.values()) == [{0: 50, 1: 52}]


def test_a_heat_map_shows_percents_of_the_median():
    assert history.percents({0: 100, 1: 100, 2: 103}) == {0: 0.0, 1: 0.0, 2: 3.0}
    assert history.percents({0: 0, 1: 0}) == {0: 0.0, 1: 0.0}


def test_names_that_gnuplot_would_read_are_drawn_as_they_are(results):
    odd = row("ipc/round_trip", 90, label='a"b$c\\n`x`{y}')
    write("a" * 40, odd)
    plot.run(options("ecdf", output=str(results / "out.svg")))
    assert "`x`{y}" in (results / "out.svg").read_text()


def test_the_command_line_knows_every_kind():
    from analysis.cli.plot import PLOT_KINDS
    assert list(PLOT_KINDS) == list(plot.KINDS)


def test_the_boots_of_a_board_are_one_curve():
    from analysis.plot import choose
    line = {"type": "samples", "machine": "pi", "bench": "system/null", "params": {"path": "fast"}, "batch": 1, "fingerprint": "0" * 16}
    lines = [{**line, "boot": boot, "samples": {metric: [boot]}} for boot in (0, 1) for metric in ("cycles", "ticks")]
    found = choose.together([{"type": "fingerprint"}, *lines])
    assert [one["type"] for one in found] == ["fingerprint", "samples"] and found[1]["samples"] == {"cycles": [0, 1], "ticks": [0, 1]}
