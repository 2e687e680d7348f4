# SPDX-License-Identifier: BSD-2-Clause
"""What must hold of the numbers of every run, whatever they are; a breach is exit 6 and the row's name."""
from analysis.metrics import METRICS, row_name

METRIC = "kernel_instructions"
# (what it says, parameter, the value that must not cost more, the value that may)
ORDERS = (
    ("same space <= other space", "space", "same", "other"),
    ("what takes the fast path: fast <= slow", "path", "fast", "slow"),
    ("0 words <= 120 words", "words", 0, 120),
)
FAST_ROWS = ("signal/no_switch", "wait/round", "poll/round", "irq/acknowledge")   # beside messages: what a fast path is there for


def order_breaches(rows):
    """Pairs of rows that differ in one parameter only and stand in the wrong order."""
    by_name = {(row.machine, row.name): row for row in rows}
    for rule, key, less, more in ORDERS:
        for row in rows:
            if row.params.get(key) != less or key == "path" and row.taken in ("slow", "mixed"):
                continue                # trying the fast path in vain costs a few instructions
            other = by_name.get((row.machine, row_name(row.bench, {**row.params, key: more})))
            if other and row.values[METRIC] > other.values[METRIC]:
                yield (f"{row.machine}: {row.name}: {row.values[METRIC]} {METRIC}, more than "
                       f"{other.values[METRIC]} of {key}={more}; it must hold: {rule}")


def expected_path(row):
    """The path that a message must take; None where there is only one."""
    if row.bench in FAST_ROWS:
        return row.params["path"]
    if not row.bench.startswith("ipc/"):
        return None
    return row.params["path"]


def path_breaches(rows):
    """Rows whose passages did not take the path that they should."""
    for row in rows:
        wanted = expected_path(row)
        if wanted and row.taken != wanted:
            yield f"{row.machine}: {row.name}: should take the {wanted} path, took: {row.taken}"


def missing_metrics(rows):
    """Rows without one of the metrics, or with one that cannot be."""
    for row in rows:
        for metric in METRICS:
            if row.values.get(metric) is None or row.values[metric] < 0:
                yield f"{row.machine}: {row.name}: no {metric}"
        if row.values[METRIC] > row.values["user_to_user_instructions"]:
            yield f"{row.machine}: {row.name}: more instructions in the kernel than altogether"


def missing_benchmarks(rows, machines, names):
    """Machines on which a benchmark of bench/benchmarks.def gave no row."""
    measured = {(row.machine, row.bench) for row in rows}
    for machine in machines:
        for name in names:
            if (machine, name) not in measured:
                yield f"{machine}: {name}: was not measured"


def breaches(rows):
    """Every breach among these rows, as sentences."""
    return [*missing_metrics(rows), *order_breaches(rows), *path_breaches(rows)]
