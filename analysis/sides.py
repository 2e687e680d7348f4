# SPDX-License-Identifier: BSD-2-Clause
"""What is compared: two sides, each a record's lines, whether they were stored or have just been measured; and what must
be alike for their numbers to be comparable."""
from dataclasses import dataclass, field

from analysis import baseline, metrics, record
from analysis.failure import Exit, Failure

TYPES = ("fingerprint", "result", "samples", "profile", "symbols")
# Fields of a fingerprint without which numbers mean something else, and what to call them.
ALIKE = (("compiler", "compiler"), ("qemu", "QEMU"), ("cpu", "processor model"), ("mitigations", "mitigations"),
         ("board", "firmware or way of measuring"))


@dataclass
class Row:
    machine: str
    bench: str
    params: dict
    kind: str                                   # exact or measured
    values: dict = field(default_factory=dict)  # metric -> value
    samples: dict = field(default_factory=dict)
    boots: dict = field(default_factory=dict)   # of a measured row: metric -> the iterations of each boot
    fingerprint: str = ""

    @property
    def name(self):
        return metrics.row_name(self.bench, self.params)

    @property
    def key(self):
        return self.machine, self.name


@dataclass
class Side:
    name: str
    marks: dict                                 # fingerprints by id
    rows: dict                                  # (machine, row's name) -> Row
    profiles: dict                              # (machine, row's name) -> counts by symbol, of the region it is part of
    sources: dict                               # (machine, path) -> {symbol: FILE:LINE}
    failures: dict = field(default_factory=dict)    # (machine, path) -> Failure


def add_result(rows, line):
    key = line["machine"], metrics.row_name(line["bench"], line["params"])
    row = rows.setdefault(key, Row(line["machine"], line["bench"], line["params"], line["kind"]))
    row.values[line["metric"]] = line["value"]
    row.fingerprint = line["fingerprint"]


def add_samples(row, line):
    if "boot" not in line:
        row.samples = line["samples"]
        return
    for metric, values in line["samples"].items():
        row.boots.setdefault(metric, []).append(values)


def add_profile(profiles, line):
    for bench in [line["bench"], *line.get("parts", [])]:
        profiles[line["machine"], metrics.row_name(bench, line["params"])] = line["counts"]


def check_version(lines, name):
    """Failure(5) for what this program cannot read, rather than a verdict on half of it."""
    for line in lines:
        if line["type"] == "fingerprint" and line.get("schema") != record.VERSION:
            raise Failure(Exit.INCOMPARABLE, f"{name}: a record of version {line.get('schema')}; this laboratory reads "
                                             f"version {record.VERSION}: compare with the newer one")
        if line["type"] not in TYPES:
            raise Failure(Exit.INCOMPARABLE, f"{name}: has lines of the type '{line['type']}', which this laboratory does not "
                                             f"know: a record of the future, or a foreign one")


def of_lines(name, lines):
    """A side of a record's lines; Failure(5) if they are no complete record."""
    check_version(lines, name)
    side = Side(name, {}, {}, {}, {})
    try:
        for line in lines:
            if line["type"] == "fingerprint":
                side.marks[line["id"]] = line
            elif line["type"] == "result":
                add_result(side.rows, line)
            elif line["type"] == "samples":
                add_samples(side.rows[line["machine"], metrics.row_name(line["bench"], line["params"])], line)
            elif line["type"] == "profile":
                add_profile(side.profiles, line)
            else:
                side.sources[line["machine"], line["path"]] = line["sources"]
    except (KeyError, TypeError) as error:
        raise Failure(Exit.INCOMPARABLE, f"{name}: a line of the record lacks {error}: truncated or foreign") from None
    if orphan := next((row for row in side.rows.values() if row.fingerprint not in side.marks), None):
        raise Failure(Exit.INCOMPARABLE, f"{name}: {orphan.name} has no fingerprint in the record: truncated or mixed")
    commits = {(mark["commit"], mark["dirty"]) for mark in side.marks.values()}
    if len(commits) > 1:
        raise Failure(Exit.INCOMPARABLE, f"{name}: a mixed record: of {len(commits)} different versions of the sources")
    return side


def of_jobs(name, jobs):
    """A side of what was measured of a tree."""
    side = of_lines(name, [line for job in jobs for line in job.lines or []])
    side.failures = {(job.machine.name, "fast" if job.fast else "slow"): job.failure for job in jobs if job.failure}
    return side


def different(mark, other):
    """Why the numbers under two fingerprints cannot be compared; "" if they can."""
    for key, word in ALIKE:
        a, b = mark.get(key), other.get(key)
        if key == "qemu" and a and b:
            a, b = baseline.series_of(a), baseline.series_of(b)
        if a != b:
            return f"another {word}: {a} and {b}"
    return ""
