# SPDX-License-Identifier: BSD-2-Clause
"""The formats of programs that follow benchmarks: Google Benchmark's JSON (its compare.py), Go's benchmark text
(benchstat), the Bencher metric format, github-action-benchmark's own JSON."""
import json


def as_json(value):
    return json.dumps(value, indent=1, allow_nan=False) + "\n"


def repetitions(one):
    """A Google Benchmark entry a boot, so that compare.py's U test has something to test; one of an exact number."""
    values = one.boots or (one.value,)
    name = f"{one.machine}/{one.path_name}/{one.metric}"
    for index, value in enumerate(values):
        yield {"name": name, "run_name": name, "run_type": "iteration", "repetitions": len(values), "repetition_index": index,
               "threads": 1, "iterations": 1, "real_time": value, "cpu_time": value, "time_unit": "ns", "label": one.unit}


def google_benchmark(numbers):
    """The format knows times alone: real_time and cpu_time both hold the number, and the label says its unit."""
    mark = numbers.marks[0]
    context = {"executable": f"kite bench, commit {numbers.commit}", "host_name": mark["machine"], "num_cpus": 1,
               "mhz_per_cpu": 0, "cpu_scaling_enabled": False, "caches": [], "load_avg": [], "library_build_type": "release",
               "kite_compiler": mark["compiler"], "kite_units": "as the labels say; time_unit is the format's, not ours"}
    return as_json({"context": context, "benchmarks": [entry for one in numbers.all for entry in repetitions(one)]})


def go_lines(rows):
    """A line a row and boot; an exact number is there once."""
    for (_, name), ones in rows.items():
        for boot in range(max(len(one.boots) or 1 for one in ones)):
            values = [f"{(one.boots[boot] if boot < len(one.boots) else one.value):g} {one.metric}" for one in ones]
            yield f"Benchmark{name[0].upper()}{name[1:]} 1 {' '.join(values)}"


def go(numbers):
    """https://go.dev/design/14313-benchmark-format, and the Unit lines of golang.org/x/perf/benchfmt."""
    units = {one.metric: "exact" if one.kind == "exact" else "nothing" for one in numbers.all}
    lines = [f"commit: {numbers.commit}", f"compiler: {numbers.marks[0]['compiler']}"]
    lines += [f"Unit {metric} better=lower assume={assume}" for metric, assume in units.items()]
    for machine in dict.fromkeys(one.machine for one in numbers.all):
        rows = {}
        for one in numbers.all:
            if one.machine == machine:
                rows.setdefault((machine, one.path_name), []).append(one)
        lines += ["", f"pkg: kite/{machine}", *go_lines(rows)]
    return "\n".join(lines) + "\n"


def bencher(numbers):
    """The Bencher metric format: {benchmark: {measure: {value, lower_value, upper_value}}}."""
    found = {}
    for one in numbers.all:
        found.setdefault(f"{one.machine} {one.row}", {})[one.metric.replace("_", "-")] = {
            "value": one.value, "lower_value": min(one.low, one.value), "upper_value": max(one.high, one.value)}
    return as_json(found)


def github_action_benchmark(numbers):
    """For its tool customSmallerIsBetter."""
    return as_json([{"name": f"{one.machine} {one.row}: {one.metric}", "unit": one.unit, "value": one.value,
                     "range": f"{one.low:g} to {one.high:g}", "extra": f"{one.kind}; commit {numbers.commit}"}
                    for one in numbers.all])
