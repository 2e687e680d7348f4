# SPDX-License-Identifier: BSD-2-Clause
"""`kite track`: change points on made-up and on real histories, imports, what is kept, what bad input does."""
import json

import numpy
import pytest
from conftest import ROOT, kite, row
from test_compare import MARK, lines_of, write

from analysis import changes, foreign, history, measured, paths, track, trees
from analysis.failure import Exit, Failure

DATA = ROOT.parent / "shared/data/sel4bench-history"
LABELS = ROOT / "analysis/test/sel4bench_labels.txt"
NEAR = 2                        # runs that a change may be off by


def indices(found):
    return [one.index for one in found]


def test_every_exact_difference_is_a_change():
    assert indices(changes.exact([50, 50, 51, 51, 50])) == [2, 4] and not changes.exact([50] * 9)


@pytest.mark.parametrize("seed", range(5))
def test_a_step_in_noise_is_found_where_it_is(seed):
    random = numpy.random.default_rng(seed)
    values = numpy.concatenate([random.normal(1000, 5, 30), random.normal(1030, 5, 30)])
    found = changes.measured(values)
    assert len(found) == 1 and abs(found[0].index - 30) <= 1 and 1020 < found[0].after < 1040


def test_noise_is_no_change():
    """100 flat series, every third with two modes; each with up to one outlier in ten."""
    random, alarms = numpy.random.default_rng(7), 0
    for i in range(100):
        values = random.normal(1000, 5, 60) + (30 * random.integers(0, 2, 60) if i % 3 == 0 else 0)
        values[random.integers(0, 60, 6)] += 100
        alarms += bool(changes.measured(values))
    assert alarms <= 1


def labelled():
    for line in LABELS.read_text().splitlines():
        if line and not line.startswith("#"):
            board, series, *steps = line.split()
            yield board, series, [(int(step.partition(":")[0]), step.partition(":")[2]) for step in steps]


@pytest.fixture(scope="module")
def boards():
    if not DATA.is_dir():
        pytest.skip("the histories are not beside the checkout, in ../shared/data/sel4bench-history")
    return {path.stem: {one.row: one for one in history.series_of(foreign.read(path))} for path in DATA.glob("*.jsonl")}


def matched(steps, found):
    """How many of the steps have a change of their own nearby."""
    left = list(found)
    for step, _ in steps:
        if near := [index for index in left if abs(index - step) <= NEAR]:
            left.remove(min(near, key=lambda index: abs(index - step)))
    return len(found) - len(left)


def test_the_known_steps_of_real_histories_are_found(boards, capsys):
    hits = found_all = steps_all = 0
    for board, name, steps in labelled():
        series = boards[board][name]
        assert all(series.runs[index]["commit"].startswith(f"kernel {commit}") for index, commit in steps), (board, name)
        found = indices(history.changes_of(series))
        assert steps or not found, f"an alarm on a flat series: {board} {name} {found}"
        hits, found_all, steps_all = hits + matched(steps, found), found_all + len(found), steps_all + len(steps)
    with capsys.disabled():
        print(f"\nchange points: precision {hits / found_all:.2f}, recall {hits / steps_all:.2f} "
              f"({hits} of {steps_all} steps, {found_all - hits} other alarms)")
    assert hits / found_all >= 0.9 and hits / steps_all >= 0.85


def test_the_steps_of_the_fpu_are_at_their_commits(boards):
    series = boards["TX1_64"]["ipc_reply_fpu"]
    found = [(series.runs[one.index]["commit"], one.before, one.after) for one in history.changes_of(series)]
    assert found == [("kernel 0e7ddd3d, bench 05b75695", 597, 628), ("kernel 3fc42873, bench 8e6d539a", 628, 599)]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    return tmp_path


def options(*files, **more):
    return track.Options(imports=tuple(map(str, files)), **more)


def made_up(path, values):
    lines = [{"sha": f"{i:08x}", "ts": f"2026-01-01T00:{i:02}:00Z", "ipc": [0, 0, value, value, 0, 0, 0.1, 16], "late": [0, 0, 0, 7, 0, 0, 1, 9]}
             for i, value in enumerate(values)]
    write(path, lines)
    return path


def test_a_foreign_history_is_imported_once_and_kept(kept, capsys):
    path = made_up(kept / "board.jsonl", [100] * 10 + [120] * 10)
    for _ in range(2):
        assert track.run(options(path, json=True), print) == Exit.SAME
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [(one["commit"], one["previous"], one["before"], one["after"]) for one in found] == [("0000000a", "00000009", 100, 120)]
    assert len(history.read("board")) == 20 and history.read("board")[0]["values"]["late"] == {"cycles": 7}


def test_our_exports_are_imported(kept):
    path = kept / "now.jsonl"
    write(path, lines_of([row(value=50)]))
    name = "ipc/call words=0 space=other path=fast stub=inline"
    assert foreign.read(path)[0]["values"][name]["loads"] == 50
    for form in ("google-benchmark", "bencher", "github-action-benchmark", "csv"):
        out = kept / form
        assert kite("export", str(path), form, "-o", str(out)).returncode == 0
        run, = foreign.read(out)
        values = {key.replace("/words", " words").replace("/space", " space").replace("/path", " path").replace("/stub", " stub")
                  .removeprefix("qemu-riscv64 ").removeprefix("qemu-riscv64/"): value for key, value in run["values"].items()}
        assert values[name]["kernel_instructions"] == 50, form
        assert form == "bencher" or run["commit"] == "a" * 40


def test_google_benchmark_is_imported_in_nanoseconds(kept):
    entry = {"name": "b", "run_name": "b", "run_type": "iteration", "real_time": 2.0, "time_unit": "us"}
    path = kept / "g.json"
    path.write_text(json.dumps({"context": {"date": "2026-01-01"}, "benchmarks": [entry, {**entry, "run_type": "aggregate"}]}))
    assert foreign.read(path)[0]["values"] == {"b": {"ns": 2000.0}}


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"sha": 1}\n{"sha"', '{"a": 1}', "\0\1", '{"context": {}, "benchmarks": [{}]}',
                                  '{"context": {}, "benchmarks": []}', json.dumps(MARK | {"schema": 2}) + "\n"])
def test_what_is_none_of_these_is_exit_5(kept, text):
    path = kept / "x.jsonl"
    path.write_text(text)
    with pytest.raises(Failure) as caught:
        foreign.read(path)
    assert caught.value.code == Exit.INCOMPARABLE and str(caught.value).startswith("x")


def test_a_history_of_the_future_is_exit_5_and_a_cut_line_is_made_again(kept):
    run = {"commit": "c", "time": "t", "machine": "m", "kind": "exact", "key": "", "values": {"r": {"loads": 1}}}
    history.add("h", [run])
    path = history.path_of("h")
    path.write_text(path.read_text() + '{"type": "run", "sch')
    assert len(history.read("h")) == 1
    history.add("h", [run | {"commit": "d"}])
    assert [one["commit"] for one in history.read("h")] == ["c", "d"]
    path.write_text(path.read_text().replace('"schema": 1', '"schema": 2'))
    with pytest.raises(Failure) as caught:
        history.read("h")
    assert caught.value.code == Exit.INCOMPARABLE and "version 2" in str(caught.value)


def test_a_full_disk_keeps_what_was_there(kept, monkeypatch):
    monkeypatch.setattr(history, "path_of", lambda source: __import__("pathlib").Path("/dev/full"))
    with pytest.raises(Failure) as caught:
        history.add("h", [{"commit": "c", "time": "", "machine": "m", "kind": "exact", "key": "", "values": {}}])
    assert caught.value.code == Exit.ERROR and "No space left" in str(caught.value)


class Machine:
    name = "qemu-riscv64"


@pytest.fixture
def commits(kept, monkeypatch):
    """Six commits, of which the third cannot be built and the fifth is slower; and what was asked to be measured."""
    names, asked = [f"{i}" * 40 for i in range(6)], []

    def jobs_of(commit, machines, which, say):
        asked.append(names.index(commit))
        if names.index(commit) == 2:
            raise Failure(Exit.CANNOT_BUILD, "error: no such thing")
        job = measured.Job(commit, machines[0], which[0], MARK, "", lines_of([row(value=50 + (names.index(commit) >= 4))]))
        return [job]
    monkeypatch.setattr(trees, "git", lambda *words, **_: "\n".join(names) if words[0] == "rev-list" else "")
    monkeypatch.setattr(trees, "find", lambda name: name)
    monkeypatch.setattr(measured, "jobs_of", jobs_of)
    monkeypatch.setattr(measured, "measure", lambda jobs, say: None)
    return asked


def test_a_range_is_measured_once_and_the_commit_named(commits, capsys):
    wanted = track.Options("a..b", [Machine], json=True, metric="kernel_instructions")
    for _ in range(2):
        assert track.run(wanted, lambda text: None) == Exit.SAME
        found, = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert (found["commit"], found["previous"], found["before"], found["after"]) == ("4" * 40, "3" * 40, 50, 51)
    assert commits == [0, 1, 2, 3, 4, 5]                # the second time nothing is measured, nor tried again
    wanted.json = False
    track.run(wanted, lambda text: None)
    assert "skipped 222222222222, qemu-riscv64: 125: error: no such thing" in capsys.readouterr().out


def test_steps_take_both_ends_and_an_interrupted_track_goes_on(commits, monkeypatch):
    track.run(track.Options("a..b", [Machine], steps=3), lambda text: None)
    assert commits == [0, 2, 5]
    track.run(track.Options("a..b", [Machine], retry=True), lambda text: None)
    assert commits == [0, 2, 5, 1, 2, 3, 4]


@pytest.mark.parametrize("words, code", [(("nonsense..HEAD",), 2), ((), 2), (("HEAD..HEAD",), 5), (("HEAD", "--filter", "("), 2),
                                         (("--import", "/nonexistent"), 5)])
def test_bad_words_are_told(words, code):
    done = kite("track", *words)
    assert done.returncode == code and done.stderr.count("\n") == 1, done.stderr
