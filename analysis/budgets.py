# SPDX-License-Identifier: BSD-2-Clause
"""Reads results/budgets.txt: what the exact numbers are held against."""
from dataclasses import dataclass

from analysis import paths
from analysis.failure import Exit, Failure
from analysis.metrics import METRICS

KINDS = ("budget", "goal", "sel4", "sel4_mcs", "nova")
UNKNOWN = "-"                    # of another kernel: not measured there


@dataclass(frozen=True)
class Line:
    kind: str
    bench: str
    words: tuple                # first and last, or ()
    space: str                  # or ""
    metric: str
    limits: dict                # architecture -> number

    def covers(self, row):
        """Whether the line speaks of this row."""
        if row.bench != self.bench or row.params.get("path") == "slow":
            return False
        words = row.params.get("words")
        return ((not self.words or words is not None and self.words[0] <= words <= self.words[1])
                and (not self.space or row.params.get("space") == self.space))


def parse(text):
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        return [Line(kind, bench, tuple(int(word) for word in (words + "-" + words).split("-")[:2]) if words != "-" else (),
                     space.strip("-"), metric, dict(zip(("x86_64", "aarch64", "riscv64"), map(limit_of, limits), strict=True)))
                for kind, bench, words, space, metric, *limits in lines
                if kind in KINDS and metric in METRICS or unknown(kind, metric)]
    except ValueError as error:
        raise Failure(Exit.ERROR, f"results/budgets.txt: {error}") from None


def limit_of(text):
    return None if text == UNKNOWN else int(text)


def unknown(kind, metric):
    raise ValueError(f"no such kind or metric: {kind} {metric}")


def read():
    return parse(paths.BUDGETS.read_text())


def find(lines, row, arch, metric, kinds):
    """(kind, number) that these kinds say of the row's metric, or None."""
    for line in lines:
        if line.kind in kinds and line.metric == metric and line.covers(row):
            return line.kind, line.limits[arch]
    return None


def exceeded(lines, rows, arch):
    """Sentences for the rows beyond a budget."""
    for row in rows:
        for metric in METRICS:
            found = find(lines, row, arch, metric, ("budget",))
            if found and row.values[metric] > found[1]:
                yield f"{row.machine}: {row.name}: {row.values[metric]} {metric}, budget {found[1]}"
