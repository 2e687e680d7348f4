# SPDX-License-Identifier: BSD-2-Clause
"""Machines that die, hang, or count differently the second time."""
from types import SimpleNamespace

import pytest
from conftest import boot, round_trips

from analysis import bench, emulator, machines, paths, plugin, pool
from analysis.failure import Exit, Failure

LINE = "bench ipc/round_trip words=0 space=other stub=inline iterations=4 passages=2 names=ipc/call,ipc/reply_recv\n"
MACHINE = machines.Machine("fake", "riscv64", ("sh",), "none")


@pytest.fixture
def directory(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "run")
    return emulator.run_directory(MACHINE, "test")


def run(directory, script, seconds=20):
    return emulator.run(MACHINE, ["sh", "-c", script], directory, seconds)


def test_a_machine_that_ends_properly(directory):
    text, parsed = run(directory, "echo ok one; echo done 1 0 0; echo halt 0")
    assert parsed.done == (1, 0, 0) and parsed.halt == 0 and (directory / "console.txt").read_text() == text


def test_a_machine_that_dies_is_exit_75_with_its_output_shown_and_kept(directory):
    with pytest.raises(Failure) as caught:
        run(directory, "echo its last words; exit 1")
    assert caught.value.code == Exit.MACHINE and "its last words" in str(caught.value) and "console.txt" in str(caught.value)
    assert "its last words" in (directory / "console.txt").read_text()


def test_a_machine_that_hangs_is_exit_75_and_is_stopped(directory):
    with pytest.raises(Failure) as caught:
        run(directory, "echo $$ > pid; echo so far; exec sleep 60", seconds=1)
    assert caught.value.code == Exit.MACHINE and "so far" in str(caught.value) and "after 1 seconds" in str(caught.value)
    import os
    with pytest.raises(ProcessLookupError):
        os.kill(int((directory / "pid").read_text()), 0)


def test_a_machine_that_cannot_power_off_ends_with_its_last_word(directory):
    machine = machines.Machine("fake", "riscv64", ("sh",), "none", powers_off=False)
    text, parsed = emulator.run(machine, ["sh", "-c", "echo done 1 0 0; echo halt 0; exec sleep 60"], directory, 20)
    assert parsed.halt == 0 and parsed.done == (1, 0, 0)
    with pytest.raises(Failure) as caught:
        emulator.run(machine, ["sh", "-c", "echo 'I will halt 0'; exec sleep 60"], directory, 1)
    assert "after 1 seconds" in str(caught.value)


def test_a_machine_that_must_power_off_hangs_if_it_does_not(directory):
    with pytest.raises(Failure) as caught:
        run(directory, "echo halt 0; exec sleep 60", seconds=1)
    assert caught.value.code == Exit.MACHINE


def test_a_machine_that_will_not_stop_is_made_to(directory):
    with pytest.raises(Failure) as caught:
        run(directory, "trap '' TERM; echo $$ > pid; while :; do sleep 1; done", seconds=1)
    assert caught.value.code == Exit.MACHINE
    import os
    with pytest.raises(ProcessLookupError):
        os.kill(int((directory / "pid").read_text()), 0)


def test_a_machine_that_cannot_be_started_is_exit_75(directory):
    with pytest.raises(Failure) as caught:
        emulator.run(MACHINE, ["no-such-emulator"], directory, 1)
    assert caught.value.code == Exit.MACHINE


@pytest.mark.parametrize("words", ["halt 2", "done 1 1 0\nhalt 0", "halt 0"])
def test_a_benchmark_program_that_fails_is_exit_6(words):
    with pytest.raises(Failure) as caught:
        emulator.check_benchmarks_ended(MACHINE, emulator.console.parse("\n" + words + "\n"), words)
    assert caught.value.code == Exit.BENCHMARK


def test_when_one_machine_fails_the_others_are_stopped(directory):
    import time
    start = time.monotonic()

    def job(script):
        return run(emulator.run_directory(MACHINE, "pool"), script, 60)

    with pytest.raises(Failure) as caught:
        list(pool.run_all(job, ["exit 1", "exec sleep 60", "exec sleep 60", "exec sleep 60"]))
    assert "last word" in str(caught.value) and time.monotonic() - start < 10


def test_two_runs_that_differ_are_exit_4_with_the_word():
    first, second = boot([round_trips()], LINE), boot([round_trips(kernel=(50, 61))], LINE)
    with pytest.raises(Failure) as caught:
        bench.check_deterministic({("fake", True): (first, second)})
    assert caught.value.code == Exit.INCONCLUSIVE and "nondeterministic" in str(caught.value) and "60 and 61" in str(caught.value)


def test_a_longest_passage_that_differs_is_nondeterministic_too():
    first, second = boot([round_trips()], LINE), boot([round_trips()], LINE)
    bench.check_deterministic({("fake", True): (first, second)})
    second.report = plugin.Report(second.report.regions, 401, ())
    with pytest.raises(Failure) as caught:
        bench.check_deterministic({("fake", True): (first, second)})
    assert "outside the measured rows" in str(caught.value)


def test_a_filter_that_matches_nothing_is_exit_2_with_the_list():
    options = bench.Options([SimpleNamespace(name="qemu-riscv64")], filter="ipc/call words=7")
    with pytest.raises(Failure) as caught:
        bench.chosen_rows({("qemu-riscv64", True): (boot([round_trips()], LINE), None)}, options)
    assert caught.value.code == Exit.USAGE and "ipc/call words=0" in str(caught.value)


@pytest.mark.parametrize("text", ["(", "ipc/teleport", "^ipc/teleport words=0"])
def test_a_filter_that_cannot_match_is_refused_before_building(text):
    with pytest.raises(Failure) as caught:
        bench.check_filter_early(text)
    assert caught.value.code == Exit.USAGE


@pytest.mark.parametrize("text", ["", "ipc/call", "words=0", "ipc/(call|reply_recv) words=8", "round_trip words=0 space=other", "^ipc/round"])
def test_a_filter_that_can_match_is_not(text):
    bench.check_filter_early(text)
