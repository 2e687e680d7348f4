# SPDX-License-Identifier: BSD-2-Clause
"""The verdict on each row of two sides, and why: which step or function gained or lost how many instructions.

Exact numbers are compared as they are: any difference is real.  A row in which any number got worse is REGRESSED, for
what one number gains and another loses is for a person to weigh, and to accept.  Measured numbers are judged over boots
(statistics.py)."""
from dataclasses import dataclass, field

from analysis import sides
from analysis.metrics import METRICS

SAME, IMPROVED, REGRESSED, INCONCLUSIVE = "same", "improved", "REGRESSED", "inconclusive"
INCOMPARABLE, FAILED = "not comparable", "failed"
ORDER = (FAILED, REGRESSED, INCONCLUSIVE, IMPROVED, INCOMPARABLE, SAME)
LEAST_DELTA = 1e-6                              # of an iteration's instructions: what is less is rounding


@dataclass
class Verdict:
    machine: str
    name: str
    bench: str
    params: dict
    verdict: str
    changes: dict = field(default_factory=dict)         # metric -> (before, after), where they differ
    why: dict = field(default_factory=dict)             # step or function -> instructions more, an iteration
    reason: str = ""                                    # of what is not comparable or failed
    accepted: str = ""                                  # why a regression passes
    judgement: object = None                            # of a measured row: statistics.Judgement

    @property
    def path(self):
        return self.params.get("path", "fast")

    @property
    def worst(self):
        """(metric, before, after) of what decides: instructions first."""
        worse = [metric for metric, (before, after) in self.changes.items() if after > before and not self.judgement]
        metric = next(iter(worse or self.changes))
        return metric, *self.changes[metric]


def deltas(before, after):
    """{step or function: difference} of two profiles."""
    found = {name: after.get(name, 0) - before.get(name, 0) for name in [*after, *(set(before) - set(after))]}
    return {name: delta for name, delta in sorted(found.items(), key=lambda item: -abs(item[1])) if abs(delta) > LEAST_DELTA}


def of_exact(a, b, row, other):
    """The verdict on an exact row that both sides have."""
    order = [metric for metric in METRICS if metric in row.values and metric in other.values]
    changes = {metric: (row.values[metric], other.values[metric]) for metric in order
               if row.values[metric] != other.values[metric]}
    kind = SAME if not changes else REGRESSED if any(y > x for x, y in changes.values()) else IMPROVED
    verdict = Verdict(row.machine, row.name, row.bench, row.params, kind, changes)
    if changes and row.key in a.profiles and row.key in b.profiles:
        verdict.why = deltas(a.profiles[row.key], b.profiles[row.key])
    return verdict


def without(row, kind, reason):
    return Verdict(row.machine, row.name, row.bench, row.params, kind, reason=reason)


def failure_of(side, row):
    return side.failures.get((row.machine, row.params.get("path", "fast")))


def of_row(a, b, key):
    """The verdict on one row, whoever has it; None of one that is measured on both sides, for these are judged together."""
    row, other = a.rows.get(key), b.rows.get(key)
    one = row or other
    if failure := failure_of(a, one) or failure_of(b, one):
        return without(one, FAILED, str(failure).splitlines()[-1])
    if not row or not other:
        return without(one, INCOMPARABLE, f"only {(a if row else b).name} has it")
    if why := sides.different(a.marks[row.fingerprint], b.marks[other.fingerprint]):
        return without(row, INCOMPARABLE, why)
    if row.kind != other.kind:
        return without(row, INCOMPARABLE, f"{row.kind} and {other.kind}")
    return of_exact(a, b, row, other) if row.kind == "exact" else None


def of_measured(row, metric, judgement):
    """The verdict on one number of a measured row."""
    kind = {SAME: SAME, IMPROVED: IMPROVED, "regressed": REGRESSED, INCONCLUSIVE: INCONCLUSIVE}[judgement.verdict]
    return Verdict(row.machine, row.name, row.bench, row.params, kind, {metric: (judgement.median_a, judgement.median_b)},
                   judgement=judgement)


def measured_of(a, b, pairs):
    """The verdicts on all measured rows that both sides have, as one family; one a number that is judged."""
    from analysis.board import judge                    # numpy and scipy, which exact rows do without
    boots = [{(row.key, metric): boots for row in side for metric, boots in row.boots.items()} for side in zip(*pairs)]
    found = judge.judgements(*boots)
    rows = {row.key: row for row, _ in pairs}
    judged = {key for key, _ in found}
    return [of_measured(rows[key], metric, judgement) for (key, metric), judgement in found.items()] + \
           [without(row, INCOMPARABLE, judge.TOO_COARSE) for key, row in rows.items() if key not in judged]


def of_sides(a, b):
    """All verdicts, in the order of A's rows, then what only B has; the measured ones last."""
    verdicts, pairs = [], []
    for key in list(dict.fromkeys([*a.rows, *b.rows])):
        row, other = a.rows.get(key), b.rows.get(key)
        one = of_row(a, b, key)
        if one is None:
            pairs.append((row, other))
        else:
            verdicts.append(one)
    return verdicts + (measured_of(a, b, pairs) if pairs else [])
