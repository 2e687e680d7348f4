# SPDX-License-Identifier: BSD-2-Clause
"""Verdicts about measured numbers, which differ from boot to boot and from iteration to iteration.

The boot is the unit of replication: iterations of one boot share its page placement and its clock, so that pooling
them would find a difference between any two boots.  A boot is reduced to one number, its median or another quantile.  A
and B are booted in pairs, in random order within each, so that a drift of the machine meets both.  What is judged is the
ratio of B to A, lower is better:

    interval     95%, by a hierarchical bootstrap: boots drawn with replacement, and within each its iterations
    threshold    what is not worth a word: 1%, or twice the machine's own spread between boots if that is more
    changed      the interval lies beyond the threshold, after Holm's correction over all rows
    same         the interval lies within the threshold
    else         twice as many boots, twice; then inconclusive

Everything drawn is drawn from a fixed seed: the same data give the same verdict.  analysis/test/test_statistics.py
simulates how often a verdict is wrong.
"""
from dataclasses import dataclass, field

import numpy
from scipy import stats

from analysis.failure import Exit, Failure

STAGES = (8, 16, 32)            # boots a side before each look at the data
BOOTS_LEAST = 6                 # fewer say nothing about the spread between boots
LEVEL = 0.05                    # of wrong alarms, over all rows together
LEAST_EFFECT = 0.01
SPREADS = 2                     # this many spreads between boots are noise
RESAMPLES = 2000
RESAMPLES_A_ROW = 100           # at least: the least probability that can come out must stand Holm's correction
SEED = 1965
SHAPE_LEVEL = 0.001             # a shape is called changed when chance would do it in one of a thousand comparisons
SHAPE_RESAMPLES = 2000
SHAPE_SAMPLES = 200             # of a boot: quantiles of it, which are enough to tell shapes
SAME, IMPROVED, REGRESSED, INCONCLUSIVE = "same", "improved", "regressed", "inconclusive"


@dataclass(frozen=True)
class Judgement:
    """What can be said of a row: `ratio` of B to A, its interval, and the verdict."""
    verdict: str
    ratio: float
    low: float
    high: float
    threshold: float
    probability: float          # of a ratio this far beyond the threshold by chance, corrected for the number of rows
    median_a: float             # over boots, of what each boot was reduced to
    median_b: float
    boots: int                  # a side
    shape_changed: bool         # the distribution within a boot looks different, whatever its middle does


@dataclass
class Sides:
    """The iterations of one row: for each pair of boots, those of A and those of B."""
    a: list = field(default_factory=list)
    b: list = field(default_factory=list)


def reduce(boot, quantile=0.5):
    """One number for a boot: the value at the quantile, which did occur."""
    return float(numpy.quantile(boot, quantile, method="inverted_cdf"))


def spread(boots, quantile=0.5):
    """The relative spread between boots of the same: their standard deviation, by the median absolute deviation."""
    values = [reduce(boot, quantile) for boot in boots]
    middle = numpy.median(values)
    return float(stats.median_abs_deviation(values, scale="normal") / middle) if middle else 0.0


def threshold_of(machine_spread):
    """The least relative effect that is called a change on a machine with this spread."""
    return max(LEAST_EFFECT, SPREADS * machine_spread)


def redrawn(boots, quantile, chosen, random):
    """The reduced number of every chosen boot, its iterations drawn anew.

    The k-th smallest of n draws with replacement from n sorted values is the value at floor(n * U), where U is the k-th
    smallest of n uniform numbers, and that has the distribution Beta(k, n + 1 - k): one number is drawn instead of n.
    """
    count = len(boots[0])
    rank = max(1, int(numpy.ceil(quantile * count)))
    table = numpy.sort(numpy.asarray(boots, dtype=float), axis=1)
    place = numpy.minimum((count * random.beta(rank, count + 1 - rank, chosen.shape)).astype(int), count - 1)
    return table[chosen, place]


def resampled_ratios(sides, quantile, random, resamples):
    """Ratios of the medians over boots, of as many redrawn sets of pairs."""
    pairs = len(sides.a)
    chosen = random.integers(0, pairs, (resamples, pairs))         # a pair shares its moment, and is drawn as one
    a = numpy.median(redrawn(sides.a, quantile, chosen, random), axis=1)
    b = numpy.median(redrawn(sides.b, quantile, chosen, random), axis=1)
    return b / a


def check(name, sides):
    """Failure(5) for data of which nothing can be said."""
    lengths = {len(boot) for boot in sides.a} | {len(boot) for boot in sides.b}
    if len(sides.a) != len(sides.b) or len(lengths) != 1 or 0 in lengths:
        raise Failure(Exit.INCOMPARABLE, f"{name}: the two sides have not the same number of boots and iterations")
    smallest = min(min(map(min, sides.a)), min(map(min, sides.b)))
    if not numpy.isfinite(smallest) or smallest <= 0:
        raise Failure(Exit.INCOMPARABLE, f"{name}: a measured number must be above zero; one is {smallest}")


def shape_changed(sides, random):
    """Whether the distribution within a boot changed, apart from its middle, by the Kolmogorov-Smirnov distance.

    Its own table of probabilities is for independent samples, which iterations are not.  So the distance is compared with
    those that come out when the boots are dealt to the two sides at random.
    """
    grid = (numpy.arange(SHAPE_SAMPLES) + 0.5) / SHAPE_SAMPLES
    shapes = numpy.asarray([numpy.quantile(boot, grid) / reduce(boot) for boot in [*sides.a, *sides.b]])
    points = numpy.unique(shapes)
    if len(points) > SHAPE_SAMPLES:
        points = numpy.quantile(points, grid)
    heights = numpy.asarray([numpy.searchsorted(shape, points, side="right") for shape in shapes]) / SHAPE_SAMPLES
    count, half = len(shapes), len(sides.a)
    dealt = numpy.argsort(random.random((SHAPE_RESAMPLES, count)), axis=1)[:, :half]
    mine = numpy.zeros((SHAPE_RESAMPLES + 1, count))
    mine[numpy.arange(1, SHAPE_RESAMPLES + 1)[:, None], dealt] = 1
    mine[0, :half] = 1                                              # the first is how it was
    distance = numpy.abs((2 * mine - 1) @ heights / half).max(axis=1)
    least = stats.norm.isf(SHAPE_LEVEL) / SHAPE_SAMPLES             # what rounding to the grid can do
    return bool(distance[0] > least and numpy.mean(distance[1:] >= distance[0] - 1e-12) < SHAPE_LEVEL)


def corrected(probabilities):
    """Holm's correction for so many rows."""
    if len(probabilities) == 1:
        return probabilities                                         # multipletests() collects garbage: 85 ms
    from statsmodels.stats.multitest import multipletests            # slow to import, and for measured rows alone
    return multipletests(probabilities, alpha=LEVEL, method="holm")[1]


def verdict_of(low, high, ratio, threshold, probability, boots):
    if boots < BOOTS_LEAST:
        return INCONCLUSIVE
    if probability < LEVEL:
        return REGRESSED if ratio > 1 else IMPROVED
    return SAME if low > 1 - threshold and high < 1 + threshold else INCONCLUSIVE


def chance(ratios, threshold):
    """How probable it is, by the redrawn ratios, that the true one is no further than the threshold; two-sided."""
    beyond = min(numpy.count_nonzero(ratios <= 1 + threshold), numpy.count_nonzero(ratios >= 1 - threshold))
    return min(1.0, 2 * (beyond + 1) / (len(ratios) + 1))


def judge(rows, machine_spread=0.0, quantile=0.5):
    """{name: Judgement} of {name: Sides}; machine_spread is what spread() says of boots of one and the same kernel."""
    threshold, redrawn_ratios = threshold_of(machine_spread), {}
    resamples = max(RESAMPLES, RESAMPLES_A_ROW * len(rows))
    for name, sides in rows.items():
        check(name, sides)
        redrawn_ratios[name] = resampled_ratios(sides, quantile, numpy.random.default_rng(SEED), resamples)
    if not rows:
        return {}
    probabilities = corrected([chance(ratios, threshold) for ratios in redrawn_ratios.values()])
    found = {}
    for (name, sides), probability in zip(rows.items(), probabilities):
        low, high = numpy.quantile(redrawn_ratios[name], [LEVEL / 2, 1 - LEVEL / 2])
        a, b = (float(numpy.median([reduce(boot, quantile) for boot in side])) for side in (sides.a, sides.b))
        boots = len(sides.a)
        shape = boots >= BOOTS_LEAST and shape_changed(sides, numpy.random.default_rng(SEED))
        found[name] = Judgement(verdict_of(low, high, b / a, threshold, probability, boots), b / a, float(low),
                                float(high), threshold, float(probability), a, b, boots, shape)
    return found


def orders(pairs, seed=SEED):
    """For each pair of boots which side goes first: as often the one as the other, in a random order."""
    firsts = numpy.resize(["A", "B"], pairs)
    numpy.random.default_rng(seed).shuffle(firsts)
    return [(first, "B" if first == "A" else "A") for first in firsts.tolist()]


def measure_until_decided(measure, machine_spread=0.0, stages=STAGES, quantile=0.5, rows=None):
    """Boots pairs until every row has a verdict or the last stage is over; returns ({name: Judgement}, {name: Sides}).

    measure(side) boots "A" or "B" once and returns {row's name: its iterations}.  rows is what an interrupted comparison
    already has.  Rows that one side has not are left out.  machine_spread may be a function that reads it off the rows.
    """
    rows = {} if rows is None else rows
    for stage in stages:
        order = orders(stage)
        done = max((len(sides.a) for sides in rows.values()), default=0)
        for pair in order[done:]:
            boots = {side: measure(side) for side in pair}
            for name in boots["A"].keys() & boots["B"].keys():
                sides = rows.setdefault(name, Sides())
                sides.a.append(boots["A"][name])
                sides.b.append(boots["B"][name])
        found = judge(dict(sorted(rows.items())), machine_spread(rows) if callable(machine_spread) else machine_spread, quantile)
        if all(judgement.verdict != INCONCLUSIVE for judgement in found.values()):
            break
    return found, rows
