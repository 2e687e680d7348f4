# SPDX-License-Identifier: BSD-2-Clause
"""`kite compare`: verdicts, attribution, acceptance, exit codes, records that cannot be compared."""
import json

import pytest
from conftest import kite, row

from analysis import accept, compare, measured, paths, record, sides, trees, verdict
from analysis.failure import Exit, Failure

MARK = {"type": "fingerprint", "schema": 1, "machine": "qemu-riscv64", "preset": "riscv64-release", "commit": "a" * 40, "dirty": "",
        "compiler": "clang 19.1.7", "compiler_full": "Debian clang version 19.1.7", "flags": "-O2", "text_sha256": "0" * 64,
        "text_bytes": 5000, "loaded_sha256": "1" * 64, "qemu": "7.2.22", "command": ["qemu"], "cpu": "rv64", "mitigations": "none",
        "fpu": "none", "id": "0123456789abcdef"}


def lines_of(rows, steps=(("call.entry", 9), ("call.commit", 6)), **changes):
    mark = MARK | changes
    lines = [mark]
    for measured_row in rows:
        lines += [*record.results_of(measured_row, mark["id"]), record.samples_of(measured_row, mark["id"])]
        lines.append({"type": "profile", "machine": measured_row.machine, "bench": measured_row.bench,
                      "params": measured_row.params, "unit": "instructions", "counts": dict(steps), "fingerprint": mark["id"]})
    return lines + [{"type": "symbols", "machine": "qemu-riscv64", "path": "fast",
                     "sources": {"call.commit": "fastpath/call.riscv64.S:46"}, "fingerprint": mark["id"]}]


def side(name, rows, **changes):
    return sides.of_lines(name, lines_of(rows, **changes))


def only(a, b):
    found = verdict.of_sides(a, b)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("now, kind", [(50, verdict.SAME), (51, verdict.REGRESSED), (49, verdict.IMPROVED)])
def test_one_instruction_decides(now, kind):
    assert only(side("A", [row(value=50)]), side("B", [row(value=now)])).verdict == kind


def test_the_step_that_gained_is_named():
    steps = (("call.entry", 9), ("call.commit", 7))
    one = only(side("A", [row(value=50)]), side("B", [row(value=51)], steps=steps))
    assert one.why == {"call.commit": 1}


def test_what_one_number_gains_and_another_loses_is_a_regression():
    mixed = row(value=50)
    mixed.samples["loads"], mixed.values["loads"] = [51] * 4, 51
    mixed.samples["stores"], mixed.values["stores"] = [40] * 4, 40
    one = only(side("A", [row(value=50)]), side("B", [mixed]))
    assert one.verdict == verdict.REGRESSED and one.worst == ("loads", 50, 51)


@pytest.mark.parametrize("changes", [{"compiler": "clang 14.0.6"}, {"qemu": "9.1.0"}, {"cpu": "other"}, {"mitigations": "kpti"}])
def test_another_fingerprint_is_not_comparable(changes):
    one = only(side("A", [row()]), side("B", [row()], **changes))
    assert one.verdict == verdict.INCOMPARABLE and "another" in one.reason


def test_a_row_of_one_side_is_not_comparable():
    found = verdict.of_sides(side("A", [row()]), side("B", [row("system/null")]))
    assert [one.verdict for one in found] == [verdict.INCOMPARABLE] * 2 and "only A" in found[0].reason


@pytest.mark.parametrize("spoil", [lambda lines: lines[1:], lambda lines: [lines[0] | {"schema": 2}, *lines[1:]],
                                   lambda lines: [*lines, {"type": "hologram"}], lambda lines: [lines[0], {"type": "result"}],
                                   lambda lines: [*lines, MARK | {"commit": "b" * 40, "id": "f" * 16}]],
                         ids=["truncated", "future", "foreign", "incomplete", "mixed"])
def test_a_record_that_is_none_is_exit_5(spoil):
    with pytest.raises(Failure) as caught:
        sides.of_lines("x", spoil(lines_of([row()])))
    assert caught.value.code == Exit.INCOMPARABLE and str(caught.value).startswith("x: ")


def regression():
    return verdict.of_sides(side("A", [row(value=50)]), side("B", [row(value=51)]))


def test_a_changed_baseline_accepts_just_its_numbers():
    one, = regression()
    assert accept.by_baseline(one, {one.name: (50,) * 6}, {one.name: (51,) * 6})
    assert not accept.by_baseline(one, {one.name: (50,) * 6}, {one.name: (50,) * 6})
    assert not accept.by_baseline(one, {one.name: (51,) * 6}, {one.name: (51,) * 6})
    assert not accept.by_baseline(one, {one.name: (50,) * 6}, {one.name: (52,) * 6})


def test_a_reason_is_recorded_and_holds_for_these_numbers_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ACCEPTED", tmp_path / "accepted.jsonl")
    accept.apply(regression(), None, None, {}, "worth it")
    later = regression()
    accept.apply(later, None, None, {}, "")
    assert later[0].accepted == "worth it" and compare.code_of(later, [], []) == Exit.SAME
    worse = verdict.of_sides(side("A", [row(value=50)]), side("B", [row(value=52)]))
    accept.apply(worse, None, None, {}, "")
    assert not worse[0].accepted and compare.code_of(worse, [], []) == Exit.REGRESSION


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


@pytest.mark.parametrize("now, code", [(50, 0), (49, 0), (51, 3)])
def test_records_are_compared_from_the_command_line(tmp_path, now, code):
    a = write(tmp_path / "a.jsonl", lines_of([row(value=50)]))
    b = write(tmp_path / "b.jsonl", lines_of([row(value=now)], steps=(("call.entry", 9), ("call.commit", now - 44))))
    done = kite("compare", a, b)
    assert done.returncode == code, done.stderr
    assert code != 3 or "+1 kernel_instructions" in done.stdout and "call.commit (fastpath/call.riscv64.S:46)" in done.stdout
    *rows, summary = [json.loads(line) for line in kite("compare", a, b, "--json").stdout.splitlines()]
    assert summary["type"] == "summary" and summary["exit"] == code and len(rows) == 1


def test_nothing_in_common_is_exit_5(tmp_path):
    a, b = (write(tmp_path / f"{i}.jsonl", lines_of([row(name)])) for i, name in enumerate(("ipc/call", "system/null")))
    assert kite("compare", a, b).returncode == 5


def test_an_unknown_side_is_a_usage_error():
    done = kite("compare", "no-such-commit")
    assert done.returncode == 2 and "no commit, tag, branch or record" in done.stderr


def test_a_dry_run_builds_nothing():
    done = kite("compare", "HEAD", "--dry-run", "--machine", "qemu-riscv64")
    assert done.returncode == 0 and "riscv64-release" in done.stdout and not done.stderr


def test_a_tree_that_cannot_be_built_is_what_bisect_skips(tmp_path, monkeypatch):
    def fail(*words):
        raise Failure(Exit.CANNOT_BUILD, "error: no such thing")
    for name in ("TREES", "BUILD"):
        monkeypatch.setattr(paths, name, tmp_path / name)
    monkeypatch.setattr(trees, "checkout", lambda tree: tmp_path)
    monkeypatch.setattr(trees, "build_in", fail)
    with pytest.raises(Failure) as caught:
        trees.build_tree(trees.Tree("old", "c" * 40, "d" * 40), ["riscv64-release"], lambda text: None)
    assert caught.value.code == Exit.CANNOT_BUILD and "of old" in str(caught.value)


def test_another_compiler_does_not_find_what_the_old_one_built(monkeypatch):
    tree, places = trees.Tree("old", "c" * 40, "d" * 40), set()
    for version in (b"clang 14", b"clang 19"):
        monkeypatch.setattr(trees.subprocess, "run", lambda *words, **_: type("Done", (), {"stdout": version}))
        places.add(trees.kept_directory(tree))
    assert len(places) == 2


def test_what_was_measured_is_remembered_under_the_new_fingerprint(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MEASURED", tmp_path)
    monkeypatch.setattr(measured.Job, "key", "k")
    job = measured.Job(None, None, True, MARK, "", lines=lines_of([row()]))
    measured.remember(job)
    again = measured.remembered(measured.Job(None, None, True, MARK | {"id": "f" * 16}, ""))
    assert again[0]["id"] == "f" * 16 and {line["fingerprint"] for line in again[1:]} == {"f" * 16}
