# SPDX-License-Identifier: BSD-2-Clause
"""Baselines, records: what is written can be read again, and what differs is seen."""
import json
import subprocess

import pytest
from conftest import row

from analysis import baseline, bench, emulator, record, table
from analysis.failure import Exit, Failure
from analysis.machines import Machine

KEY = "clang 19.1.7, QEMU 7.2"
MARK = {"type": "fingerprint", "schema": 1, "machine": "qemu-riscv64", "preset": "riscv64-release", "commit": "a" * 40, "dirty": "",
        "compiler": "clang 19.1.7", "compiler_full": "Debian clang version 19.1.7", "flags": "-O2", "text_sha256": "0" * 64,
        "text_bytes": 5000, "loaded_sha256": "1" * 64, "qemu": "7.2.22", "command": ["qemu"], "cpu": "rv64", "mitigations": "none",
        "fpu": "none", "id": "0123456789abcdef"}


def lines_of(rows):
    lines = [MARK]
    for measured in rows:
        lines += [*record.results_of(measured, MARK["id"]), record.samples_of(measured, MARK["id"])]
        lines.append({"type": "profile", "machine": measured.machine, "bench": measured.bench, "params": measured.params,
                      "unit": "instructions", "counts": {"call.entry": 9, "call.commit": 6.5}, "fingerprint": MARK["id"]})
    return lines


def test_a_baseline_equals_what_was_written(results):
    rows = [row(), row(words=120, value=600), row("system/null", value=13)]
    baseline.update("qemu-riscv64", KEY, rows, complete=True)
    assert baseline.compare("qemu-riscv64", KEY, rows) == (True, [], [])
    assert baseline.missing("qemu-riscv64", KEY, rows) == []


def test_baselines_keep_other_keys_and_are_sorted(results):
    baseline.update("qemu-riscv64", KEY, [row(words=120), row(words=9), row(words=0)], complete=True)
    baseline.update("qemu-riscv64", "clang 14, QEMU 9.1", [row()], complete=True)
    text = baseline.path_of("qemu-riscv64").read_text()
    assert set(baseline.read("qemu-riscv64")) == {KEY, "clang 14, QEMU 9.1"}
    assert text.index("words=9 ") < text.index("words=120 ")


def test_a_change_is_shown_worst_first(results):
    baseline.update("qemu-riscv64", KEY, [row(value=50), row("ipc/reply_recv", value=50)], complete=True)
    known, changes, new = baseline.compare("qemu-riscv64", KEY, [row(value=49), row("ipc/reply_recv", value=53), row("system/null")])
    assert known and changes[0][0].bench == "ipc/reply_recv" and changes[0][2:] == (50, 53) and changes[-1][2:] == (50, 49)
    assert [measured.bench for measured in new] == ["system/null"]


def test_changes_that_are_alike_are_one_line():
    changes = [(row(words=words), "loads", 8, 10) for words in (0, 1, 4)] + [(row(words=9), "loads", 8, 9)]
    texts = [text.plain for text in table.change_texts(changes)]
    assert len(texts) == 2 and "+2 loads" in texts[0] and "8 -> 10 (+25.0%); 3 rows" in texts[0]


def test_another_key_is_no_baseline(results):
    baseline.update("qemu-riscv64", KEY, [row()], complete=True)
    assert baseline.compare("qemu-riscv64", "clang 14, QEMU 7.2", [row()])[0] is False


def test_a_partial_update_keeps_the_other_rows(results):
    baseline.update("qemu-riscv64", KEY, [row(), row("system/null")], complete=True)
    baseline.update("qemu-riscv64", KEY, [row(value=44)], complete=False)
    assert len(baseline.read("qemu-riscv64")[KEY]) == 2
    baseline.update("qemu-riscv64", KEY, [row(value=44)], complete=True)
    assert len(baseline.read("qemu-riscv64")[KEY]) == 1


@pytest.mark.parametrize("text", ["ipc/call 1 2 3 4 5 6", "[key]\nipc/call 1 2 3", "[key]\nipc/call a 1 2 3 4 x"])
def test_a_line_that_is_no_baseline_is_an_error(text):
    with pytest.raises(Failure):
        baseline.parse(text, "x.txt")


@pytest.mark.parametrize("now, code", [(50, False), (51, True), (49, False)])
def test_only_worse_is_a_regression(results, monkeypatch, now, code):
    baseline.update("qemu-riscv64", KEY, [row(value=50)], complete=True)
    monkeypatch.setattr(bench.build, "compiler_of", lambda preset: ("clang 19.1.7", ""))
    monkeypatch.setattr(emulator, "qemu_version", lambda machine: "7.2.22")
    options = bench.Options([Machine("qemu-riscv64", "riscv64", ("qemu",), "rv64")])
    monkeypatch.setattr(bench, "bounds_of", lambda machine, pairs: {})
    assert bench.compare([row(value=now)], {}, options, lambda text: None) is code


def test_records_fit_their_schema_and_are_read_again(results):
    lines = lines_of([row(), row("ipc/round_trip")])
    path = record.write(lines, ("a" * 40, ""))
    assert record.read(path) == lines and record.all_records() == [path]


@pytest.mark.parametrize("change", [{"value": -1}, {"metric": "cycles"}, {"kind": "guessed"}, {"unit": "cycles"}, {"extra": 1},
                                    {"fingerprint": "x"}, {"value": 1.5}])
def test_the_schema_refuses_what_is_no_result(change):
    result = next(record.results_of(row(), MARK["id"])) | change
    with pytest.raises(Failure):
        record.check([result])


def test_a_file_that_is_no_record_cannot_be_compared(tmp_path):
    (tmp_path / "x.jsonl").write_text("[1]\n")
    with pytest.raises(Failure) as caught:
        record.read(tmp_path / "x.jsonl")
    assert caught.value.code == Exit.INCOMPARABLE


def test_the_dirty_hash_sees_a_change_and_a_new_file(tmp_path, monkeypatch):
    def git(*words):
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x", *words], cwd=tmp_path, check=True, capture_output=True)
    monkeypatch.setattr(record.paths, "ROOT", tmp_path)
    git("init")
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-m", "a")
    clean = record.commit_and_dirt()
    (tmp_path / "a").write_text("2")
    changed = record.commit_and_dirt()
    (tmp_path / "b").write_text("3")
    assert clean[1] == "" and len({clean[1], changed[1], record.commit_and_dirt()[1]}) == 3


def test_json_has_the_keys_of_the_contract():
    line = json.loads(json.dumps(next(record.results_of(row(), MARK["id"]))))
    assert {"machine", "bench", "params", "metric", "unit", "kind", "value"} <= set(line)
