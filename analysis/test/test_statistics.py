# SPDX-License-Identifier: BSD-2-Clause
"""How often a verdict is wrong, by simulation of a machine whose truth is known; and the corners of the statistics.

The simulated machine has what real ones have: a level of its own in each boot, a drift over time that A and B share, a
long tail, and now and then an interruption.
"""
import functools

import numpy
import pytest
from scipy import stats

from analysis import statistics
from analysis.failure import Exit, Failure

BETWEEN_BOOTS = 0.0033          # relative, as seen on a board
ITERATIONS = 64


class Machine:
    def __init__(self, seed, shift=0.0, between=BETWEEN_BOOTS, rows=1, drift=0.01):
        self.random, self.shift, self.between = numpy.random.default_rng(seed), shift, between
        self.rows, self.drift, self.boots = rows, drift, 0

    def iterations(self, side):
        level = 1000 * (1 + self.drift * self.boots / 64) * (1 + self.between * self.random.standard_normal())
        values = level * (1 + 0.01 * self.random.gamma(2, 1, ITERATIONS))
        values[self.random.random(ITERATIONS) < 0.02] *= 3              # a timer's interrupt
        return values * (1 + (self.shift if side == "B" else 0))

    def measure(self, side):
        self.boots += 1
        return {f"row{i}": self.iterations(side) for i in range(self.rows)}


@functools.cache
def verdicts(shift, runs, **changes):
    found = []
    for seed in range(runs):
        judgements, _ = statistics.measure_until_decided(Machine(seed, shift, **changes).measure, changes.get("between", BETWEEN_BOOTS))
        found.append([judgement.verdict for judgement in judgements.values()])
    return found


def test_a_against_a_is_called_changed_at_most_once_in_a_hundred_runs():
    wrong = sum(any(verdict in (statistics.IMPROVED, statistics.REGRESSED) for verdict in run) for run in verdicts(0.0, 100))
    print(f"wrong verdicts in 100 A/A runs: {wrong}")
    assert wrong <= 1


def test_a_against_a_is_mostly_called_same():
    assert sum(run == [statistics.SAME] for run in verdicts(0.0, 100)) >= 95


@pytest.mark.parametrize("shift, verdict", [(0.03, statistics.REGRESSED), (-0.03, statistics.IMPROVED)])
def test_three_percent_are_found_in_at_least_95_of_100_runs(shift, verdict):
    found = sum(run == [verdict] for run in verdicts(shift, 100))
    print(f"a shift of {shift:+.0%} found in {found} of 100 runs")
    assert found >= 95


def test_a_machine_three_times_as_noisy_gives_no_false_verdict_either():
    runs = verdicts(0.0, 40, between=0.01)
    assert sum(statistics.REGRESSED in run or statistics.IMPROVED in run for run in runs) <= 1


def test_forty_rows_of_a_against_a_are_judged_as_a_family():
    runs = verdicts(0.0, 5, rows=40)
    assert not any(verdict in (statistics.REGRESSED, statistics.IMPROVED) for run in runs for verdict in run)


def test_without_a_threshold_the_interval_covers_the_truth_about_as_often_as_it_says():
    """The interval itself, by what is known of the percentile bootstrap with few boots: somewhat narrow."""
    covered = 0
    for seed in range(100):
        machine = Machine(seed, 0.02)
        sides = statistics.Sides([machine.iterations("A") for _ in range(16)], [machine.iterations("B") for _ in range(16)])
        judgement = statistics.judge({"row": sides})["row"]
        covered += judgement.low <= 1.02 <= judgement.high
    assert 90 <= covered <= 100


def test_redrawing_by_rank_has_the_distribution_of_redrawing_iterations():
    random, boot = numpy.random.default_rng(3), numpy.sort(numpy.random.default_rng(4).gamma(2, 10, 33))
    fast = statistics.redrawn([boot], 0.5, numpy.zeros((4000, 1), dtype=int), random)[:, 0]
    plain = numpy.quantile(random.choice(boot, (4000, 33)), 0.5, axis=1, method="inverted_cdf")
    assert stats.ks_2samp(fast, plain).pvalue > 0.001
    tail = statistics.redrawn([boot], 0.99, numpy.zeros((4000, 1), dtype=int), random)[:, 0]
    assert stats.ks_2samp(tail, numpy.quantile(random.choice(boot, (4000, 33)), 0.99, axis=1, method="inverted_cdf")).pvalue > 0.001


def sides_of(make, boots=8):
    return statistics.Sides([make("A", i) for i in range(boots)], [make("B", i) for i in range(boots)])


def test_constant_data_have_an_interval_of_no_width_and_no_nan():
    judgement = statistics.judge({"row": sides_of(lambda side, _: [100] * 8)})["row"]
    assert (judgement.verdict, judgement.low, judgement.high, judgement.shape_changed) == ("same", 1.0, 1.0, False)
    judgement = statistics.judge({"row": sides_of(lambda side, _: [100 if side == "A" else 105] * 8)})["row"]
    assert (judgement.verdict, judgement.ratio) == ("regressed", 1.05)


def test_too_few_boots_are_inconclusive_whatever_they_say():
    assert statistics.judge({"row": sides_of(lambda side, _: [1 if side == "A" else 2] * 8, boots=5)})["row"].verdict == "inconclusive"


@pytest.mark.parametrize("a, b", [([[1, 2]], [[1]]), ([[1]], []), ([[0, 0]], [[1, 1]]), ([[]], [[]]), ([[float("nan")]], [[1.0]])])
def test_data_of_which_nothing_can_be_said_are_refused(a, b):
    with pytest.raises(Failure) as caught:
        statistics.judge({"row": statistics.Sides(a, b)})
    assert caught.value.code == Exit.INCOMPARABLE


def test_the_threshold_grows_with_the_machines_own_spread():
    noisy = numpy.random.default_rng(5)
    boots = [[1000 * (1 + 0.02 * noisy.standard_normal())] * 5 for _ in range(64)]
    assert 0.012 < statistics.spread(boots) < 0.028
    assert statistics.threshold_of(0.002) == 0.01 and statistics.threshold_of(0.02) == 0.04


def test_a_changed_shape_is_told_although_the_middle_stays():
    random = numpy.random.default_rng(6)
    changed = sides_of(lambda side, _: 1000 + (10 if side == "A" else 60) * random.standard_normal(100))
    assert statistics.judge({"row": changed})["row"].shape_changed
    same = [sides_of(lambda side, _: 1000 * (1 + BETWEEN_BOOTS * random.standard_normal()) + 10 * random.standard_normal(100)) for _ in range(50)]
    assert sum(statistics.judge({"row": sides})["row"].shape_changed for sides in same) <= 1


def test_undecided_rows_get_more_boots_and_decided_ones_do_not():
    machine = Machine(1, 0.0)
    statistics.measure_until_decided(machine.measure, BETWEEN_BOOTS)
    assert machine.boots == 2 * 8
    machine = Machine(1, 0.0101, between=0.004)
    _, rows = statistics.measure_until_decided(machine.measure, 0.004)
    assert machine.boots > 2 * 8 and len(rows["row0"].a) == machine.boots / 2


def test_a_comparison_goes_on_where_it_stopped():
    machine = Machine(1)
    _, rows = statistics.measure_until_decided(machine.measure, BETWEEN_BOOTS, stages=(4,))
    assert machine.boots == 8
    statistics.measure_until_decided(machine.measure, BETWEEN_BOOTS, stages=(8,), rows=rows)
    assert machine.boots == 16


def test_each_side_goes_first_as_often_as_the_other_and_the_order_is_the_seeds():
    order = statistics.orders(16)
    assert [first for first, _ in order].count("A") == 8 and order == statistics.orders(16) != statistics.orders(16, seed=1)
    assert all({*pair} == {"A", "B"} for pair in order)


def test_the_same_data_give_the_same_judgement():
    random = numpy.random.default_rng(7)
    sides = sides_of(lambda side, _: 1000 + 10 * random.standard_normal(32))
    assert statistics.judge({"row": sides}) == statistics.judge({"row": sides})
