# SPDX-License-Identifier: BSD-2-Clause
"""A record's numbers, flat: what every export format is made of.  A truncated, mixed or foreign record, or one of a later
version, is refused (sides.py) rather than exported in part."""
import re
from dataclasses import dataclass

from analysis import record, sides
from analysis.failure import Exit, Failure


@dataclass(frozen=True)
class Number:
    machine: str
    bench: str
    params: tuple               # of (name, value)
    row: str                    # its name, with its parameters
    metric: str
    unit: str
    kind: str                   # exact or measured
    value: float
    low: float                  # of all iterations, or of all boots
    high: float
    boots: tuple                # of a measured number: the median of each boot

    @property
    def path_name(self):
        """The row without blanks, for formats that end a name at one: ipc/call/words=0/space=other."""
        return self.row.replace(" ", "/")


@dataclass(frozen=True)
class Numbers:
    name: str
    marks: tuple                # the fingerprints
    all: tuple

    @property
    def commit(self):
        return self.marks[0]["commit"] + ("-dirty" if self.marks[0]["dirty"] else "")


def middle(values):
    return sorted(values)[(len(values) - 1) // 2]


def of_line(line, rows):
    row = rows[line["machine"], sides.metrics.row_name(line["bench"], line["params"])]
    boots = tuple(middle(values) for values in row.boots.get(line["metric"], []) if values)
    ends = boots or (line.get("minimum", line["value"]), line.get("maximum", line["value"]))
    return Number(line["machine"], line["bench"], tuple(line["params"].items()), row.name, line["metric"], line["unit"],
                  line["kind"], line["value"], min(ends), max(ends), boots)


def of_record(path, pattern=""):
    """The numbers of the record whose rows match; Failure if there are none."""
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise Failure(Exit.USAGE, f"--filter '{pattern}' is no regular expression: {error}") from None
    lines = record.read(path)
    side = sides.of_lines(path.name, lines)
    found = tuple(of_line(line, side.rows) for line in lines if line["type"] == "result")
    chosen = tuple(one for one in found if wanted.search(one.row))
    if not side.marks or not found:
        raise Failure(Exit.INCOMPARABLE, f"{path.name}: has no numbers: truncated or foreign")
    if not chosen:
        raise Failure(Exit.USAGE, f"no row of {path.name} matches '{pattern}'")
    return Numbers(path.stem, tuple(side.marks.values()), chosen)
