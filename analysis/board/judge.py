# SPDX-License-Identifier: BSD-2-Clause
"""Measured rows of two sides: which of their numbers are judged, the machine's own spread, and the verdict of each."""
import numpy

from analysis import statistics

# What is judged where the machine has cycles; else its clock is.
CHOSEN = ("cycles", "retired_instructions", "event", "model_cycles", "model_instructions")
TOO_COARSE = "the clock ticks too seldom for this batch: see [counters] batch"


def judged(rows):
    """Those rows whose numbers can be judged: not the clock beside cycles, and none with a zero."""
    counters = {metric for _, metric in rows}
    chosen = CHOSEN if counters & set(CHOSEN) else counters
    return {key: values for key, values in rows.items() if key[1] in chosen and min(values) > 0}


def spread_of(rows):
    """The relative spread between boots of one and the same kernel, over all rows: each side is its own A/A comparison."""
    spreads = [statistics.spread(side) for sides in rows.values() for side in (sides.a, sides.b)]
    return float(numpy.median(spreads)) if spreads else 0.0


def sides_of(a, b):
    """{(row, metric): Sides} of two {(row, metric): boots}, as many boots of each as both have."""
    found = {}
    for key in a.keys() & b.keys():
        boots = min(len(a[key]), len(b[key]))
        found[key] = statistics.Sides(a[key][:boots], b[key][:boots])
    return dict(sorted(found.items()))


def judgements(a, b):
    """{(row, metric): Judgement} of two {(row, metric): boots}; rows with a zero have none."""
    usable = {key: sides for key, sides in sides_of(a, b).items() if min(map(min, [*sides.a, *sides.b])) > 0}
    chosen = judged({key: [1] for key in usable})
    rows = {key: usable[key] for key in chosen}
    return statistics.judge(rows, spread_of(rows)) if rows else {}
