# SPDX-License-Identifier: BSD-2-Clause
"""The microbenchmarks on the host: what Google Benchmark, perf and callgrind print, as recorded, and what becomes of it."""
import json
import subprocess
from pathlib import Path

import pytest
from conftest import kite

from analysis import build, callgrind, host, paths
from analysis.failure import Exit, Failure
from analysis.profile import host as profile_host
from analysis.profile import perf_script

GOOGLE = {"context": {"library_build_type": "debug"}, "benchmarks": [
    *({"name": "x", "run_name": "sched/alone/iterations:200/manual_time", "run_type": "iteration", "real_time": time, "cpu_time": 9e9,
       "time_unit": "ns"} for time in (3.5, 3.25, 9.0)),
    *({"name": "x", "run_name": "sched/alone/set:512KiB/iterations:50/manual_time", "run_type": "iteration", "real_time": 70.0,
       "cycles": 200.0, "instructions": 99.0} for _ in range(2)),
    {"name": "x", "run_name": "sched/alone/iterations:200/manual_time", "run_type": "aggregate", "aggregate_name": "mean", "real_time": 5.0}]}

# `perf stat -j` of perf 6.1, on a machine without counters and on one that has them.
STAT_WITHOUT = """\
{"counter-value" : "<not supported>", "unit" : "", "event" : "cycles:u", "event-runtime" : 0, "pcnt-running" : 100.00, "metric-value" : 0.0, "metric-unit" : ""}
{"counter-value" : "<not counted>", "unit" : "", "event" : "branches:u", "event-runtime" : 0, "pcnt-running" : 100.00, "metric-value" : 0.0, "metric-unit" : ""}
"""
STAT_WITH = """\
# started on Thu
{"counter-value" : "2500000.000000", "unit" : "", "event" : "cycles:u", "event-runtime" : 591141, "pcnt-running" : 100.00, "metric-value" : 0.0, "metric-unit" : ""}
{"counter-value" : "5000000.000000", "unit" : "", "event" : "instructions:u", "event-runtime" : 591141, "pcnt-running" : 100.00, "metric-value" : 2.0, "metric-unit" : "insn per cycle"}
"""
# `perf script` of perf 6.1, after perf record -g.
SCRIPT = """\
bench_host 28073 19049.565563:     200000 cpu-clock:u: 
	            8b50 capability_delete_step+0x40 (build/host-release/bench_host)
	            9d12 kernel_syscall+0x1e2 (build/host-release/bench_host)

bench host 28073/28074 [001] 19049.566160:     100000 cycles:u: 
	    7f0bb3a7a758 [unknown] ([unknown])

"""
CALLGRIND = """\
# callgrind format
version: 1
creator: callgrind-3.19.0
positions: line
events: Ir
summary: {total}

ob=(1) bench_host
fl=(1) kernel/sched.c
fn=(1) sched_wake
70 {a}
+1 {b}
fi=(2) kernel/thread.h
90 {c}
cfn=(2) enqueue'2
calls={calls} 33
* {inclusive}

fn=(2)
33 {d}
"""


def test_rows_are_those_of_google_benchmark_without_its_suffixes_and_aggregates():
    warm, cold = host.parse(json.dumps(GOOGLE))
    assert (warm.name, sorted(warm.ns), warm.counters) == ("sched/alone", [3.25, 3.5, 9.0], {})
    assert cold.name == "sched/alone set=512KiB" and cold.counters == {"cycles": [200.0] * 2, "instructions": [99.0] * 2}
    assert warm.as_json() == {"type": "host", "bench": "sched/alone", "params": {}, "kind": "measured", "unit": "ns", "value": 3.5,
                              "minimum": 3.25, "maximum": 9.0, "repetitions": 3}
    assert cold.as_json()["cycles"] == 200.0 and cold.as_json()["params"] == {"set_kib": 512}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"benchmarks": []}', '{"benchmarks": [{"run_name": 3}]}',
                                  '{"benchmarks": [{"run_name": "a/b", "run_type": "iteration", "error_occurred": true}]}'])
def test_what_google_benchmark_cannot_have_meant_is_exit_6(text):
    with pytest.raises(Failure) as caught:
        host.parse(text)
    assert caught.value.code == Exit.BENCHMARK


def test_columns_of_counters_are_absent_where_there_are_none():
    warm, cold = host.parse(json.dumps(GOOGLE))
    heads = [[column.header for column in host.table_of(rows).columns] for rows in ([warm], [warm, cold])]
    assert heads == [["benchmark", "set", "ns", "least", "most"], ["benchmark", "set", "ns", "least", "most", "cycles", "instructions"]]


def test_perf_stat_says_what_it_counted_and_what_is_not_supported():
    assert profile_host.parse_stat(STAT_WITH) == ({"cycles": 2500000.0, "instructions": 5000000.0}, [])
    assert profile_host.parse_stat(STAT_WITHOUT) == ({}, ["cycles: not supported", "branches: not counted"])
    with pytest.raises(Failure):
        profile_host.parse_stat('{"counter-value" : ')


def test_the_text_of_a_real_perf_script_is_read():
    assert perf_script.read(SCRIPT.splitlines()) == [
        ("bench_host", "cpu-clock:u", 200000, ("kernel_syscall", "capability_delete_step")), ("bench host", "cycles:u", 100000, ("[unknown]",))]


def test_callgrind_counts_a_function_without_what_it_calls():
    first = callgrind.parse(CALLGRIND.format(total=100, a=10, b=20, c=30, calls=4, inclusive=40, d=40))
    assert first == {"sched_wake": 60, "enqueue": 40}
    second = callgrind.parse(CALLGRIND.format(total=100, a=74, b=20, c=30, calls=4, inclusive=40, d=168))
    assert callgrind.each(first, second) == {"enqueue": 2.0, "sched_wake": 1.0}
    with pytest.raises(Failure):
        callgrind.parse("events: Dr")


def measured():
    found = profile_host.Measured("sched/alone", event="cpu-clock", samples=perf_script.read(SCRIPT.splitlines()), text=SCRIPT)
    found.exact = {"sched_wake": 44.0, "capability_delete_step": 51.0}
    return found


def test_a_profile_of_the_host_in_every_format():
    rows = [json.loads(line) for line in profile_host.text_of(measured(), "json", 9).splitlines()]
    assert rows[1] == {"type": "host_profile", "sampled_by": "cpu-clock", "case": "sched/alone", "function": "sched_wake", "samples": 0,
                       "share": 0.0, "exact_instructions": 44.0}
    assert profile_host.text_of(measured(), "folded", 9) == "sched/alone;kernel_syscall;capability_delete_step 1\nsched/alone 1"
    assert profile_host.text_of(measured(), "flame", 9).startswith("<?xml") and profile_host.text_of(measured(), "perf", 9) == SCRIPT
    assert "capability_delete_step" in profile_host.text_of(measured(), "table", 9) and "50.0%" in profile_host.text_of(measured(), "table", 9)


def test_without_samples_the_exact_counts_are_drawn():
    found = measured()
    found.samples, found.text, found.missing = [], "", ["perf is not installed"]
    assert profile_host.text_of(found, "folded", 9) == "sched/alone;sched_wake 44\nsched/alone;capability_delete_step 51"
    with pytest.raises(Failure) as caught:
        profile_host.text_of(found, "perf", 9)
    assert caught.value.code == Exit.MACHINE and "perf is not installed" in str(caught.value)


def test_times_are_shown_where_valgrind_fails(monkeypatch, tmp_path):
    (tmp_path / "valgrind").write_text("#!/bin/sh\necho aspacem: exiting >&2\nexit 1\n")
    (tmp_path / "valgrind").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    said, rows = [], host.parse(json.dumps(GOOGLE))
    host.count_exactly(rows, said.append)
    assert rows[0].exact is None and "aspacem: exiting" in said[0]


@pytest.mark.parametrize("words, code", [
    (("bench", "--host", "--filter", "("), 2), (("bench", "--host", "--filter", "dragons"), 2), (("bench", "--host", "-m", "qemu-riscv64"), 2),
    (("bench", "--host", "--update-baseline"), 2), (("profile", "--host", "ipc/teleport"), 2), (("profile", "--host", "tree/copy", "--slow"), 2),
    (("profile", "--host", "tree/copy", "--format", "chrome"), 2)])
def test_bad_input_is_said_before_anything_is_built(words, code):
    done = kite(*words)
    assert done.returncode == code and done.stderr.strip() and "Traceback" not in done.stderr and not done.stdout


def test_dry_runs_name_what_would_run():
    assert f"run {len(host.cases())} microbenchmarks" in kite("bench", "--host", "--dry-run").stdout
    assert "lookup/root, lookup/deep" in kite("bench", "--host", "--filter", "lookup", "--dry-run").stdout
    assert "tree/copy under perf stat" in kite("profile", "--host", "tree/copy", "--dry-run").stdout


@pytest.fixture
def program():
    build.build("host-release")
    if not paths.HOST_BENCH.exists():
        pytest.skip("Google Benchmark (libbenchmark-dev) is not installed")
    return paths.HOST_BENCH


def test_every_case_runs_and_its_work_costs_more_than_none(program, results):
    options = host.Options(repetitions=2, working_set=64)
    rows = host.parse(host.measure(options, ("0" * 40, ""))[0])
    assert {row.bench for row in rows} == set(host.cases()) and {row.set_kib for row in rows} == {0, 64}
    assert all(min(row.ns) > 0 for row in rows)


def test_exact_counts_are_the_same_twice_and_more_work_is_more(program):
    if not callgrind.tool():
        pytest.skip("valgrind is not installed")
    first, second = callgrind.count(program), callgrind.count(program)
    total = {name: sum(counts.values()) for name, counts in first.items()}
    assert first == second and set(total) == set(host.cases())
    assert total["floor/nothing"] < total["lookup/root"] < total["lookup/deep"] < total["retype/one"] < total["retype/many"]


def test_googles_own_compare_reads_what_is_kept(program, results):
    tool = Path("/usr/share/benchmark/compare.py")
    if not tool.exists():
        pytest.skip("libbenchmark-tools is not installed")
    text, _ = host.measure(host.Options(filter="^lookup/root$", repetitions=2, working_set=0), ("0" * 40, ""))
    kept = host.keep(text, ("0" * 40, ""))
    done = subprocess.run(["/usr/bin/python3", str(tool), "--no-color", "benchmarks", str(kept), str(kept)], capture_output=True, text=True)
    assert done.returncode == 0 and "lookup/root" in done.stdout and kept.name.endswith("-host.json"), done.stderr
