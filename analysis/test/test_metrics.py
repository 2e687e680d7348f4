# SPDX-License-Identifier: BSD-2-Clause
"""From regions to rows, and the rules that every run's numbers must satisfy."""
import pytest
from conftest import DECLINED, FAST_CALL, FAST_REPLY, SLOW, boot, passage, round_trips, row

from analysis import budgets, metrics, plugin, sanity
from analysis.failure import Exit, Failure

LINE = "bench ipc/round_trip words=0 space=other stub=inline iterations=4 passages=2 names=ipc/call,ipc/reply_recv\n"


def rows_of(region, line=LINE, fast=True):
    return {row.bench: row for row in metrics.rows_of_boot(boot([region], line, fast))}


def test_a_round_trip_is_its_two_halves():
    rows = rows_of(round_trips(user=20, kernel=(50, 60)))
    assert {name: row.values["kernel_instructions"] for name, row in rows.items()} == \
        {"ipc/call": 50, "ipc/reply_recv": 60, "ipc/round_trip": 110}
    assert {name: row.values["user_to_user_instructions"] for name, row in rows.items()} == \
        {"ipc/call": 70, "ipc/reply_recv": 80, "ipc/round_trip": 150}
    assert rows["ipc/round_trip"].values["loads"] == 20 and rows["ipc/round_trip"].values["data_lines"] == 9
    assert {row.taken for row in rows.values()} == {"fast"}


def test_firmware_counts_for_the_user_and_not_for_the_kernel():
    passages = [passage(100 * i, kernel=30, firmware=20) for i in range(4)]
    rows = rows_of(plugin.Region(0, 400, passages, {}), "bench a/b iterations=4 passages=1\n")
    assert rows["a/b"].values["kernel_instructions"] == 30 and rows["a/b"].values["user_to_user_instructions"] == 100


def test_the_middle_value_did_occur_and_the_spread_is_kept():
    passages = [passage(100 * i, kernel=kernel) for i, kernel in enumerate((30, 40, 31, 30))]
    only = rows_of(plugin.Region(0, 400, passages, {}), "bench a/b iterations=4 passages=1\n")["a/b"]
    assert only.values["kernel_instructions"] == 30 and max(only.samples["kernel_instructions"]) == 40


@pytest.mark.parametrize("hits, taken", [((FAST_CALL, FAST_REPLY), "fast"), ((SLOW, SLOW), "slow"), ((FAST_CALL, SLOW), "mixed"),
                                         ((DECLINED, SLOW), "slow"), ((0, 0), "entry"), ((FAST_CALL | SLOW, FAST_REPLY), "mixed")])
def test_the_path_taken_is_what_the_addresses_say(hits, taken):
    assert rows_of(round_trips(hits=hits))["ipc/round_trip"].taken == taken


@pytest.mark.parametrize("line", [LINE.replace("iterations=4", "iterations=5"), LINE.replace("passages=2", "passages=1"),
                                  LINE.replace("passages=2", "passages=4"), LINE.replace(",ipc/reply_recv", ",a,b"), LINE + LINE, ""])
def test_regions_that_do_not_fit_their_lines_are_failed_benchmarks(line):
    with pytest.raises(Failure) as caught:
        metrics.rows_of_boot(boot([round_trips()], line))
    assert caught.value.code == Exit.BENCHMARK


def test_two_rows_of_one_name_are_a_failed_benchmark():
    with pytest.raises(Failure):
        metrics.rows_of_boot(boot([round_trips(), round_trips()], LINE + LINE))


def test_rows_are_sorted_by_words_as_numbers():
    names = [metrics.sort_key("ipc/call", {"words": words}) for words in (0, 9, 64, 120)]
    assert names == sorted(names)


def test_steps_are_counted_by_the_symbol_before():
    line = boot([], LINE).console.benches[0]
    region = plugin.Region(0, 0, [], {0x1000: 4, 0x1004: 4, 0x1008: 8})
    assert metrics.steps_of_region(line, region, [(0x1000, "call.entry"), (0x1008, "call.commit"), (0x2000, "x")]) == \
        {"call.entry": 2, "call.commit": 2}


def test_sane_rows_pass():
    rows = [row(value=50), row(value=49, space="same"), row(value=90, path="slow", taken="slow"), row(value=300, words=120)]
    assert sanity.breaches(rows) == []


@pytest.mark.parametrize("rows, rule", [
    ([row(value=50), row(value=51, space="same")], "same space <= other space"),
    ([row(value=50), row(value=49, path="slow", taken="slow")], "fast <= slow"),
    ([row(value=50), row(value=49, words=120)], "0 words <= 120 words"),
    ([row(taken="slow")], "should take the fast path"),
    ([row(taken="mixed")], "should take the fast path"),
    ([row(words=9, taken="slow")], "should take the fast path"),
    ([row(path="slow", taken="fast")], "should take the slow path"),
])
def test_every_rule_can_be_broken(rows, rule):
    found = sanity.breaches(rows)
    assert len(found) == 1 and rule in found[0] and "ipc/call words=" in found[0]


def test_more_in_the_kernel_than_altogether_is_a_breach():
    wrong = row()
    wrong.values["user_to_user_instructions"] = 10
    assert "more instructions in the kernel" in sanity.breaches([wrong])[0]


def test_a_missing_metric_is_a_breach():
    wrong = row()
    wrong.values["loads"] = None
    assert "no loads" in sanity.breaches([wrong])[0]


def test_a_benchmark_that_was_not_measured_is_missed():
    assert list(sanity.missing_benchmarks([row()], ["qemu-riscv64"], ["ipc/call", "system/null"])) == \
        ["qemu-riscv64: system/null: was not measured"]


LIMITS = budgets.parse("budget ipc/call 0-8 other kernel_instructions 1 2 50\ngoal ipc/call 120 other kernel_instructions 1 2 3\n"
                       "budget system/null - - kernel_instructions 15 15 15")


@pytest.mark.parametrize("measured, beyond", [(row(value=50), 0), (row(value=51), 1), (row(value=51, words=8), 1), (row(value=51, words=9), 0),
                                              (row(value=51, space="same"), 0), (row(value=51, path="slow"), 0), (row(value=99, words=120), 0)])
def test_budgets_bind_the_rows_that_they_name(measured, beyond):
    assert len(list(budgets.exceeded(LIMITS, [measured], "riscv64"))) == beyond


def test_a_budget_without_parameters_binds_the_benchmark():
    null = metrics.Row("qemu-riscv64", "system/null", {"path": "fast"}, row(value=16).samples, "entry")
    assert len(list(budgets.exceeded(LIMITS, [null], "riscv64"))) == 1
