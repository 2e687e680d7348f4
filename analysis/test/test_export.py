# SPDX-License-Identifier: BSD-2-Clause
"""`kite export` and `kite ci`: each format against a schema or the foreign tool itself, and against the text it should be."""
import csv
import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from conftest import kite, row
from test_compare import lines_of, side, write

from analysis import ci, compare, export, verdict
from analysis.failure import Exit

COMPARE = Path("/usr/share/benchmark/compare.py")
NUMBER = {"type": "number"}
BENCHER = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "object", "minProperties": 1, "additionalProperties": {
    "type": "object", "required": ["value"], "additionalProperties": False,
    "properties": {"value": NUMBER, "lower_value": NUMBER, "upper_value": NUMBER}}}}
GITHUB_ACTION = {"type": "array", "minItems": 1, "items": {
    "type": "object", "required": ["name", "unit", "value"], "additionalProperties": False,
    "properties": {"name": {"type": "string"}, "unit": {"type": "string"}, "value": NUMBER, "range": {"type": "string"},
                   "extra": {"type": "string"}}}}
CODE_QUALITY = {"type": "array", "minItems": 1, "items": {
    "type": "object", "required": ["description", "check_name", "fingerprint", "severity", "location"],
    "properties": {"severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                   "location": {"type": "object", "required": ["path", "lines"], "properties": {
                       "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer"}}}}}}}}
GO_LINE = re.compile(r"Benchmark[A-Z/]\S* \d+(?: \S+ \S+)+")             # golang.org/design/14313-benchmark-format
GO_UNIT = re.compile(r"Unit \S+( better=(lower|higher)| assume=(exact|nothing))+")
GO_CONFIGURATION = re.compile(r"[a-z][^\sA-Z:]*: \S.*")


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "now.jsonl", lines_of([row(value=50), row("signal/idle", value=28)]))


def text(path, form):
    return export.text_of(path, form)


def test_google_benchmark_is_what_its_own_tool_accepts(path, tmp_path):
    if not COMPARE.exists():
        pytest.skip("libbenchmark-tools is missing")
    slower = write(tmp_path / "slower.jsonl", lines_of([row(value=75), row("signal/idle", value=28)]))
    files = []
    for name, one in (("a", path), ("b", slower)):
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(text(one, "google-benchmark"))
    done = subprocess.run(["/usr/bin/python3", COMPARE, "--no-color", "benchmarks", *files], capture_output=True, text=True)
    lines = [line.split() for line in done.stdout.splitlines() if "ipc/call" in line and line.split()[0].endswith("/loads")]
    assert done.returncode == 0 and lines[0][1:] == ["+0.5000", "+0.5000", "50", "75", "50", "75"], done.stdout + done.stderr


def test_boots_of_a_measured_number_are_repetitions(tmp_path):
    lines = lines_of([])
    result = {"type": "result", "machine": "qemu-riscv64", "bench": "ipc/call", "params": {"words": 0}, "metric": "cycles", "unit": "cycles",
              "kind": "measured", "value": 12, "taken": "fast", "fingerprint": lines[0]["id"]}
    samples = [{"type": "samples", "machine": "qemu-riscv64", "bench": "ipc/call", "params": {"words": 0}, "boot": i,
                "samples": {"cycles": [value] * 3}, "fingerprint": lines[0]["id"]} for i, value in enumerate((11, 12, 14))]
    path = write(tmp_path / "b.jsonl", [*lines, result, *samples])
    entries = json.loads(text(path, "google-benchmark"))["benchmarks"]
    assert [(one["real_time"], one["repetition_index"], one["repetitions"]) for one in entries] == [(11, 0, 3), (12, 1, 3), (14, 2, 3)]
    assert text(path, "go").count("BenchmarkIpc/call/words=0 1 ") == 3 and "Unit cycles better=lower assume=nothing" in text(path, "go")


def test_go_is_benchmark_text(path):
    lines = text(path, "go").splitlines()
    assert all(not line or GO_LINE.fullmatch(line) or GO_UNIT.fullmatch(line) or GO_CONFIGURATION.fullmatch(line) for line in lines), lines
    assert "Unit kernel_instructions better=lower assume=exact" in lines
    assert ("BenchmarkIpc/call/words=0/space=other/path=fast/stub=inline 1 50 kernel_instructions 50 user_to_user_instructions "
            "50 loads 50 stores 50 data_lines 50 code_lines") in lines


@pytest.mark.parametrize("form, schema", [("bencher", BENCHER), ("github-action-benchmark", GITHUB_ACTION)])
def test_trackers_formats_fit_their_schemas(path, form, schema):
    document = json.loads(text(path, form))
    jsonschema.validate(document, schema)
    name = "qemu-riscv64 ipc/call words=0 space=other path=fast stub=inline"
    if form == "bencher":
        assert document[name]["loads"] == {"value": 50, "lower_value": 50, "upper_value": 50}
    else:
        assert document[0]["name"] == f"{name}: kernel_instructions" and document[0]["value"] == 50


def test_junit_fails_what_is_worse_than_accepted(path, results):
    from analysis import baseline
    baseline.update("qemu-riscv64", "clang 19.1.7, QEMU 7.2", [row(value=49), row("signal/idle", value=28)], True)
    suite, = ElementTree.fromstring(text(path, "junit").encode())
    assert suite.attrib == {"name": "qemu-riscv64", "tests": "2", "failures": "1", "errors": "0", "skipped": "0", "time": "0"}
    bad, = suite.findall("testcase/failure")
    assert "loads: 50, accepted are 49" in bad.text
    assert [case.get("name").split()[0] for case in suite if case.find("failure") is not None] == ["ipc/call"]


def test_csv_and_markdown_have_every_number(path):
    lines = list(csv.DictReader(text(path, "csv").splitlines()))
    assert len(lines) == 12 and lines[0]["value"] == "50" and lines[0]["commit"] == "a" * 40
    assert text(path, "markdown") == f"""## Kite, commit {'a' * 12}

### qemu-riscv64

| row | kernel instructions | user to user instructions | loads | stores | data lines | code lines |
|---|---:|---:|---:|---:|---:|---:|
| ipc/call words=0 space=other path=fast stub=inline | 50 | 50 | 50 | 50 | 50 | 50 |
| signal/idle words=0 space=other path=fast stub=inline | 28 | 28 | 28 | 28 | 28 | 28 |
"""


@pytest.mark.parametrize("spoil, code", [(lambda lines: lines[1:], 5), (lambda lines: [lines[0] | {"schema": 2}], 5), (lambda lines: [], 5),
                                         (lambda lines: lines[:1], 5)], ids=["truncated", "future", "empty", "no numbers"])
def test_bad_records_are_not_exported(tmp_path, spoil, code):
    path = write(tmp_path / "bad.jsonl", spoil(lines_of([row()])))
    done = kite("export", path, "csv", "-o", str(tmp_path / "out"))
    assert done.returncode == code and "bad.jsonl" in done.stderr and not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [("no-such-record", "csv"), ("newest", "hologram"), ("newest",)])
def test_words_that_mean_nothing_are_usage_errors(words):
    assert kite("export", *words).returncode == 2


def test_a_full_disk_is_told(path):
    done = kite("export", path, "csv", "-o", "/dev/full/out")
    assert done.returncode == 1 and "/dev/full" in done.stderr


def outcome(now=51):
    a, b = side("A", [row(value=50)]), side("B", [row(value=now)], steps=(("call.entry", 9), ("call.commit", now - 44)))
    verdicts = verdict.of_sides(a, b)
    return compare.Outcome(a, b, verdicts, [], compare.code_of(verdicts, [], []))


def test_github_is_shown_the_line_that_gained():
    assert list(ci.github_lines(outcome())) == [
        "::error file=fastpath/call.riscv64.S,line=46,title=slower%3A call.commit::qemu-riscv64, fast path: +1 instructions in call.commit; "
        "1 rows, e.g. ipc/call words=0 space=other path=fast stub=inline"]
    assert not list(ci.github_lines(outcome(50))) and not list(ci.github_lines(outcome(49)))
    assert ci.escaped("50%\n") == "50%25%0A"


def test_gitlab_gets_a_code_quality_report(tmp_path):
    issues = list(ci.gitlab_issues(outcome()))
    jsonschema.validate(issues, CODE_QUALITY)
    assert issues[0]["location"] == {"path": "fastpath/call.riscv64.S", "lines": {"begin": 46}}


def test_what_was_accepted_is_no_annotation():
    one = outcome()
    one.verdicts[0].accepted = "worth it"
    assert not list(ci.github_lines(one)) and "accepted: worth it" in ci.summary(one)


def test_ci_ends_like_compare_and_writes_its_summary(tmp_path):
    a, b = (write(tmp_path / f"{value}.jsonl", lines_of([row(value=value)], steps=(("call.entry", 9), ("call.commit", value - 44))))
            for value in (50, 51))
    page = tmp_path / "page.md"
    done = kite("ci", a, b, environment={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)})
    assert done.returncode == Exit.REGRESSION and done.stdout.startswith("::error file=fastpath/call.riscv64.S,line=46")
    assert "| REGRESSED | +1 kernel_instructions (+2.0%) | qemu-riscv64 |" in page.read_text()
    assert kite("ci", b, a, "--service", "plain", "--summary", str(page)).returncode == Exit.SAME and "improved" in page.read_text()
    assert kite("ci", a, b, "--filter", "(").returncode == Exit.USAGE
