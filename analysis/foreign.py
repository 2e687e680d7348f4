# SPDX-License-Identifier: BSD-2-Clause
"""Reads what others measured into runs of a history: sel4bench's JSON Lines, Google Benchmark JSON, Kite's records and its own
exports.  What kind of file it is is seen from what is in it; a file that is none of these is refused whole."""
import csv
import io
import json

from analysis import record, sides
from analysis.failure import Exit, Failure
from analysis.metrics import row_name

MEDIAN, MEAN, SUMMARY = 2, 3, 8         # of sel4bench's [min, q1, median, mean, q3, max, stddev, n]
SCALE = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def refuse(name, why):
    return Failure(Exit.INCOMPARABLE, f"{name}: {why}")


def run_of(commit, time, machine, kind, values, key=""):
    return {"commit": commit, "time": time, "machine": machine, "kind": kind, "key": key, "values": values}


def sel4bench(stem, lines):
    """A run a line; where a benchmark gives no distribution its median is 0 and the mean is what there is.  `sha` is of the
    manifest alone: the kernel's commit, and that of the benchmark, are what changes numbers."""
    for line in lines:
        values = {name: {"cycles": value[MEDIAN] or value[MEAN]} for name, value in line.items()
                  if isinstance(value, list) and len(value) == SUMMARY}
        parts = [f"{part} {line[f'sha_{part}']}" for part in ("kernel", "bench") if f"sha_{part}" in line]
        yield run_of(", ".join(parts) or line["sha"], line["ts"], stem, "measured", values)


def own_record(stem, lines):
    """A run a machine and kind of numbers."""
    side = sides.of_lines(stem, lines)
    runs = {}
    for line in lines:
        if line["type"] == "result":
            mark = side.marks[line["fingerprint"]]
            run = runs.setdefault((line["machine"], line["kind"]), run_of(version(mark), stem.partition("-")[0], line["machine"],
                                                                         line["kind"], {}, key_of(mark)))
            run["values"].setdefault(row_name(line["bench"], line["params"]), {})[line["metric"]] = line["value"]
    yield from runs.values()


def version(mark):
    return mark["commit"] + ("-dirty" if mark["dirty"] else "")


def key_of(mark):
    """What a fingerprint says numbers depend on beside the source."""
    return "; ".join(str(mark[key]) for key, _ in sides.ALIKE if key in mark)


def google_benchmark(stem, document):
    """One run: the median of each benchmark's repetitions, or its one number."""
    context, found, machine = document["context"], {}, stem
    commit = str(context.get("executable", "")).rpartition("commit ")[2] or stem
    own = "kite_compiler" in context
    for entry in document["benchmarks"]:
        if entry.get("run_type", "iteration") == "iteration" and not entry.get("error_occurred"):
            scale = 1 if own else SCALE[entry.get("time_unit", "ns")]
            found.setdefault(entry.get("run_name", entry["name"]), []).append(entry["real_time"] * scale)
    values = {}
    for name, numbers in found.items():
        row, metric = name.rpartition("/")[::2] if own else (name, "ns")
        values.setdefault(row, {})[metric] = sorted(numbers)[(len(numbers) - 1) // 2]
    machine = "kite" if own else context.get("host_name", stem)
    yield run_of(commit, str(context.get("date", stem)), machine, "measured", values)


def bencher(stem, document):
    values = {row: {metric.replace("-", "_"): one["value"] for metric, one in measures.items()}
              for row, measures in document.items()}
    yield run_of(stem, stem, "bencher", "measured", values)


def github_action_benchmark(stem, document):
    values, commit = {}, stem
    for one in document:
        row, _, metric = one["name"].rpartition(": ")
        commit = str(one.get("extra", "")).rpartition("commit ")[2] or commit
        values.setdefault(row or metric, {})[metric if row else one["unit"]] = one["value"]
    yield run_of(commit, stem, "github-action-benchmark", "measured", values)


def comma_separated(stem, text):
    """Our own CSV, with as many commits and machines as there are in it."""
    runs = {}
    for line in csv.DictReader(io.StringIO(text)):
        run = runs.setdefault((line["commit"], line["machine"], line["kind"]),
                              run_of(line["commit"], stem, line["machine"], line["kind"], {}))
        row = " ".join(filter(None, (line["bench"], line["params"])))
        run["values"].setdefault(row, {})[line["metric"]] = float(line["value"])
    yield from runs.values()


def of_document(stem, document):
    if isinstance(document, dict) and {"context", "benchmarks"} <= document.keys():
        return google_benchmark(stem, document)
    if isinstance(document, list) and document and all({"name", "unit", "value"} <= one.keys() for one in document):
        return github_action_benchmark(stem, document)
    if isinstance(document, dict) and document and all(isinstance(one, dict) and all("value" in value for value in one.values())
                                                       for one in document.values()):
        return bencher(stem, document)
    return None


def of_lines(path, text):
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    if lines and all(isinstance(line, dict) for line in lines):
        if all({"sha", "ts"} <= line.keys() for line in lines):
            return sel4bench(path.stem, sorted(lines, key=lambda line: line["ts"]))
        if any(line.get("type") == "fingerprint" for line in lines):
            return own_record(path.stem, record.read(path))
    return None


def parse(path, text):
    if text.startswith("commit,machine,"):
        return comma_separated(path.stem, text)
    try:
        return of_document(path.stem, json.loads(text))
    except ValueError:
        return of_lines(path, text)


def read(path):
    """The runs of a file; Failure(5) if it is truncated or foreign."""
    try:
        found = parse(path, path.read_text())
        runs = list(found) if found is not None else None
    except (OSError, UnicodeDecodeError) as error:
        raise refuse(path.name, f"cannot be read: {error}") from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise refuse(path.name, f"truncated or foreign: {error!r}") from None
    if not runs or not any(run["values"] for run in runs):
        raise refuse(path.name, "neither sel4bench's JSON Lines, Google Benchmark JSON, a record nor an export of Kite's")
    return runs
