# SPDX-License-Identifier: BSD-2-Clause
"""The formats of documents: JUnit for a CI's page of tests, CSV for a spreadsheet, Markdown for a pull request."""
import csv
import io
from xml.etree import ElementTree

from analysis import baseline
from analysis.metrics import METRICS


def by_row(numbers):
    """{(machine, row): {metric: Number}}, in the record's order."""
    rows = {}
    for one in numbers.all:
        rows.setdefault((one.machine, one.row), {})[one.metric] = one
    return rows


def accepted_of(numbers):
    """{machine: {row: accepted numbers}} of what the record's compiler and QEMU have under results/exact/."""
    found = {}
    for mark in numbers.marks:
        if "qemu" in mark:
            found[mark["machine"]] = baseline.read(mark["machine"]).get(baseline.key_of(mark["compiler"], mark["qemu"]), {})
    return found


def worse_than(metrics, accepted):
    """What is more than its accepted number, in words."""
    pairs = zip(METRICS, accepted or ())
    return [f"{name}: {metrics[name].value:g}, accepted are {limit:g}" for name, limit in pairs
            if name in metrics and metrics[name].value > limit]


def junit(numbers):
    """A test a row: it fails if a number is worse than the accepted one under results/exact/."""
    accepted, suites = accepted_of(numbers), ElementTree.Element("testsuites", name="kite bench")
    rows = by_row(numbers)
    for machine in dict.fromkeys(key[0] for key in rows):
        suite = ElementTree.SubElement(suites, "testsuite", name=machine)
        failures = 0
        for (_, row), metrics in ((key, value) for key, value in rows.items() if key[0] == machine):
            case = ElementTree.SubElement(suite, "testcase", classname=machine, name=row, time="0")
            if worse := worse_than(metrics, accepted.get(machine, {}).get(row)):
                failures += 1
                ElementTree.SubElement(case, "failure", message="slower than accepted").text = "\n".join(worse)
            out = ElementTree.SubElement(case, "system-out")
            out.text = "\n".join(f"{name}: {one.value:g} {one.unit}" for name, one in metrics.items())
        suite.attrib.update(tests=str(len(suite)), failures=str(failures), errors="0", skipped="0", time="0")
    ElementTree.indent(suites)
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + ElementTree.tostring(suites, encoding="unicode") + "\n"


def comma_separated(numbers):
    """A line a number; the parameters, which rows have different ones of, together in a column."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(("commit", "machine", "bench", "params", "metric", "unit", "kind", "value", "low", "high"))
    for one in numbers.all:
        params = " ".join(f"{key}={value}" for key, value in one.params)
        write((numbers.commit, one.machine, one.bench, params, one.metric, one.unit, one.kind, one.value, one.low, one.high))
    return out.getvalue()


def cell(text):
    return str(text).replace("|", "\\|")


def markdown(numbers):
    """A table a machine."""
    rows, parts = by_row(numbers), [f"## Kite, commit {numbers.commit[:12]}"]
    for machine in dict.fromkeys(key[0] for key in rows):
        mine = {row: metrics for (name, row), metrics in rows.items() if name == machine}
        columns = list(dict.fromkeys(metric for metrics in mine.values() for metric in metrics))
        lines = [f"| {' | '.join(['row', *(name.replace('_', ' ') for name in columns)])} |",
                 f"|{'---|' + '---:|' * len(columns)}"]
        for row, metrics in mine.items():
            cells = [f"{metrics[name].value:g}" if name in metrics else "" for name in columns]
            lines.append(f"| {' | '.join([cell(row), *cells])} |")
        parts.append(f"### {cell(machine)}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"
