# SPDX-License-Identifier: BSD-2-Clause
"""Histories: what was measured, commit after commit, as JSON Lines under results/history/; one file a source.

A line is a run: {"type": "run", "schema": 1, "commit", "time", "machine", "kind", "key", "values": {row: {metric: number}}}, or
with "failed" instead of values, so that what cannot be built is not tried again.  `key` is what numbers depend on beside
the source (compiler, QEMU, processor model): a change between different keys is the key's, and no commit's.  Lines are
added one at a time: whatever ends a run, what was measured stays."""
import json
import os
from dataclasses import dataclass

from analysis import changes, paths
from analysis.failure import Exit, Failure

VERSION = 1
OWN = "kite"                    # the source that `kite track RANGE` writes
FIELDS = {"commit": str, "time": str, "machine": str, "kind": str, "key": str}


@dataclass
class Series:
    machine: str
    row: str
    metric: str
    kind: str
    runs: list                  # in the order of the commits
    values: list

    @property
    def name(self):
        return f"{self.machine}: {self.row}: {self.metric}"


def path_of(source):
    return paths.RESULTS / "history" / f"{source}.jsonl"


def check(run, where):
    """Failure(5) for a line that this laboratory does not understand."""
    if not isinstance(run, dict) or run.get("type") != "run":
        raise Failure(Exit.INCOMPARABLE, f"{where}: not a run of a history: truncated or foreign")
    if run.get("schema") != VERSION:
        raise Failure(Exit.INCOMPARABLE, f"{where}: of version {run.get('schema')}; this laboratory reads version {VERSION}")
    wrong = [name for name, kind in FIELDS.items() if not isinstance(run.get(name), kind)]
    if wrong or not isinstance(run.get("values", {}), dict) or ("values" in run) == ("failed" in run):
        raise Failure(Exit.INCOMPARABLE, f"{where}: lacks {wrong[0] if wrong else 'values'}: truncated or foreign")
    return run


def read(source):
    """All runs, oldest line first; what a full disk cut off at the end is passed over, for that run is made again."""
    path, runs = path_of(source), []
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    for number, line in enumerate(lines, 1):
        where = f"{paths.shown(path)}:{number}"
        try:
            run = json.loads(line)
        except ValueError:
            if number == len(lines) and not line.endswith("\n"):
                break
            raise Failure(Exit.INCOMPARABLE, f"{where}: not JSON: truncated or foreign") from None
        runs.append(check(run, where))
    return runs


def repair(path):
    """Cuts off a last line without its end, so that the next one does not join it."""
    if path.is_file() and (text := path.read_bytes()) and not text.endswith(b"\n"):
        os.truncate(path, text.rfind(b"\n") + 1)


def add(source, runs):
    """Adds runs, each with one write; Failure(1) if they cannot be, and what was there stays."""
    path = path_of(source)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        repair(path)
        with open(path, "a") as file:
            file.write("".join(json.dumps(check({"type": "run", "schema": VERSION, **run}, "a run")) + "\n" for run in runs))
    except OSError as error:
        raise Failure(Exit.ERROR, f"cannot write {paths.shown(path)}: {error.strerror}; what was there is kept") from None


def series_of(runs):
    """[Series] of runs in the order of their commits."""
    found = {}
    for run in runs:
        for row, metrics in run.get("values", {}).items():
            for metric, value in metrics.items():
                one = found.setdefault((run["machine"], row, metric), Series(run["machine"], row, metric, run["kind"], [], []))
                one.runs.append(run)
                one.values.append(value)
    return list(found.values())


def changes_of(series):
    """[Change] of a series; those of exact numbers where the key changed as well are left out."""
    found = changes.of_series(series.values, series.kind)
    return [one for one in found if series.runs[one.index]["key"] == series.runs[one.index - 1]["key"]]
