# SPDX-License-Identifier: BSD-2-Clause
"""Change points of a series over commits.

Of exact numbers every difference is one.  Of measured numbers they are searched for by binary segmentation (Scott and
Knott 1974): a stretch is cut where a Wilcoxon rank sum of the two sides is the most extreme, if a permutation test of that
maximum says that chance does not explain it.  Ranks, because a board's outliers are many; the cut is then moved to where
the two levels fit best, and each is placed anew between its neighbours, for the first was made with the others in the way.
At last goes what is not worth a word: less than the least effect, or than the noise within its two sides.  This is for
triage and never a gate: a step just made cannot be told from noise before some commits have followed it.
"""
from dataclasses import dataclass

import numpy
from scipy import stats

SIDE_LEAST = 4                  # commits on each side of a cut
LEVEL = 0.001                   # of wrong alarms, a cut
PERMUTATIONS = 1999
LEAST_EFFECT = 0.005
NOISES = 1.5                    # a step is so many times the spread within its two sides
ROUNDS = 5
SEED = 1965


@dataclass(frozen=True)
class Change:
    index: int                  # of the first commit after it
    before: float               # the level on either side
    after: float
    probability: float          # that chance explains it; 0 of an exact one

    @property
    def ratio(self):
        return self.after / self.before if self.before else float("inf")


def exact(values):
    """Every difference."""
    return [Change(i, values[i - 1], values[i], 0.0) for i in range(1, len(values)) if values[i] != values[i - 1]]


def extremeness(ranks):
    """How many standard deviations each cut's rank sum lies from what chance gives; of each row of ranks."""
    count = ranks.shape[-1]
    sizes = numpy.arange(1, count)
    square = ((ranks[..., :] - (count + 1) / 2) ** 2).sum(axis=-1, keepdims=True)
    variance = sizes * (count - sizes) / (count * (count - 1)) * square
    sums = ranks.cumsum(axis=-1)[..., :-1] - sizes * (count + 1) / 2
    return (abs(sums) / numpy.sqrt(variance))[..., SIDE_LEAST - 1:count - SIDE_LEAST]


def deviations(left, right):
    """How far each value is from the level of its side."""
    return numpy.concatenate([abs(left - numpy.median(left)), abs(right - numpy.median(right))])


def worth(left, right):
    """How many times more than what is worth a word the levels differ: than the least effect, and than the noise."""
    before, after = numpy.median(left), numpy.median(right)
    noise = deviations(left, right).mean() * numpy.sqrt(numpy.pi / 2)       # of a normal one, the standard deviation
    return abs(after - before) / max(LEAST_EFFECT * abs(before), NOISES * noise, 1e-12)


def best_fit(values, index):
    """The place near a cut from which the sides' levels leave the least."""
    near = range(max(index - SIDE_LEAST, 1), min(index + SIDE_LEAST, len(values) - 1) + 1)
    return min(near, key=lambda place: (deviations(values[:place], values[place:]).sum(), abs(place - index)))


def cut(values):
    """(index, probability) of the best cut of a stretch, or None if it is of one level."""
    count = len(values)
    if count < 2 * SIDE_LEAST or values.min() == values.max():
        return None
    ranks = stats.rankdata(values)
    here = extremeness(ranks)
    index = int(here.argmax()) + SIDE_LEAST
    shuffled = numpy.random.default_rng(SEED).permuted(numpy.tile(ranks, (PERMUTATIONS, 1)), axis=1)
    by_chance = (extremeness(shuffled).max(axis=1) >= here.max() - 1e-9).sum()
    probability = (1 + by_chance) / (1 + PERMUTATIONS)
    return (best_fit(values, index), probability) if probability <= LEVEL else None


def segment(values, start, end, found):
    """Adds all cuts between start and end to found, {index: probability}; a list of stretches stands for recursion."""
    stretches = [(start, end)]
    while stretches:
        start, end = stretches.pop()
        if one := cut(values[start:end]):
            found[start + one[0]] = one[1]
            stretches += [(start, start + one[0]), (start + one[0], end)]


def placed_anew(values, found):
    """The cuts, each where it is best between its neighbours; one that its neighbours explain is gone."""
    for _ in range(ROUNDS):
        edges, again = [0, *sorted(found), len(values)], {}
        for i in range(1, len(edges) - 1):
            if one := cut(values[edges[i - 1]:edges[i + 1]]):
                again[edges[i - 1] + one[0]] = one[1]
        if set(again) == set(found):
            return again
        found = again
    return found


def worth_a_word(values, found):
    """The cuts without those that say too little, the least first, since its neighbours then have longer sides."""
    found = dict(found)
    while found:
        edges = [0, *sorted(found), len(values)]
        least, index = min((worth(values[a:b], values[b:c]), b) for a, b, c in zip(edges, edges[1:], edges[2:]))
        if least > 1:
            break
        del found[index]
    return found


def measured(values):
    """The change points of a noisy series."""
    values, found = numpy.asarray(values, dtype=float), {}
    segment(values, 0, len(values), found)
    found = worth_a_word(values, placed_anew(values, found))
    edges = [0, *sorted(found), len(values)]
    levels = [float(numpy.median(values[a:b])) for a, b in zip(edges, edges[1:])]
    return [Change(index, levels[i], levels[i + 1], found[index]) for i, index in enumerate(sorted(found))]


def of_series(values, kind):
    return exact(values) if kind == "exact" else measured(values)
