# SPDX-License-Identifier: BSD-2-Clause
"""The tests that boot machines: the system tests with and without fast paths, fast equals slow on random states, and
what the benchmarks show: that two runs are equal, that what should take the fast path does, baselines and budgets."""
import errors
import performance
from result import FAILED, PASSED, SKIPPED, Result, of_problems

from analysis import baseline, bench, benchmarks, bounds, budgets, build, emulator, metrics, pool, sanity
from analysis.failure import Exit, Failure

SECONDS = 240
SEEDS = (1, 2, 3)
STEPS = 6000
# At least one step in so many takes each fast path, and as many decline it.
PART_FAST = {"call": 50, "reply_recv": 60, "signal": 100, "wait": 100, "long_call": 200, "long_reply_recv": 400}
BUILDS = (("debug", True), ("debug", False), ("release", True), ("release", False))
VERDICTS = {"ok": PASSED, "not ok": FAILED, "skip": SKIPPED}


def label(kind, fast):
    return f"{kind}-{'fast' if fast else 'slow'}"


def builds_of(machine):
    """Which kernels run the tests there: all on the main machines, one where only the machine is another."""
    return BUILDS if machine.main else ((machine.tested, True),)


# ---- system tests ----

def count_problems(console):
    """What is wrong with how the test program ended."""
    counted = tuple(sum(1 for verdict, _, _ in console.verdicts if verdict == kind) for kind in VERDICTS)
    if not console.verdicts:
        yield "the list of tests is empty"
    if console.done is None:
        yield "the test program never said that it was done"
    elif console.done != counted:
        yield f"the test program counted {console.done} passed, failed, skipped; it printed {counted}"
    if console.done and (console.halt == 0) != (console.done[1] == 0):
        yield f"{console.done[1]} tests failed, yet it halted with status {console.halt}"


def results_of_tests(prefix, text, console):
    """One result a test, and one that the program came to its proper end."""
    results = [Result(f"{prefix}/{name}", VERDICTS[verdict], reason) for verdict, name, reason in console.verdicts]
    problems = list(count_problems(console))
    last = [emulator.show_last(text)] if problems else []
    return results + [of_problems(f"{prefix}/comes to its end", problems + last)]


def prefix_of(machine, which):
    return f"{machine.name}/{label(*which)}"


def system_test(machine, which, say):
    """The results of one boot of the test program."""
    prefix = prefix_of(machine, which)
    if lacking := machine.lacks():
        return [Result(f"{prefix}/comes to its end", SKIPPED, f"this host lacks {', '.join(lacking)}")]
    say(f"system tests on {machine.name}, {which[0]} kernel, {'with' if which[1] else 'without'} fast paths")
    try:
        text, console = emulator.boot(machine, machine.preset(*which), "tests.cpio", machine.tests, SECONDS)
        results = results_of_tests(prefix, text, console)
        return results + [errors.result(prefix, machine, which[1], text)] * (which[0] == "debug" and machine.main)
    except Failure as failure:
        return [Result(f"{prefix}/comes to its end", FAILED, str(failure))]


def system_tests(run):
    """The test program on every machine and kernel whose tests are wanted."""
    jobs = [(machine, which) for machine in run.machines for which in builds_of(machine)
            if run.wants(prefix_of(machine, which) + "/")]
    for preset in dict.fromkeys(machine.preset(*which) for machine, which in jobs):
        build.build(preset, say=run.say)
    for results in pool.run_all(lambda job: system_test(*job, run.say), jobs):
        yield from results


# ---- fast equals slow ----

def first_difference(fast, slow):
    """Sentences about two lists of trace lines that should be equal and long enough."""
    if not fast or not slow:
        yield f"no trace: {len(fast)} and {len(slow)} lines"
        return
    for left, right in zip(fast, slow):
        if left != right:
            yield f"fast: {left}"
            yield f"slow: {right}"
            return
    if len(fast) != len(slow):
        yield f"{len(fast)} steps on the fast path, {len(slow)} on the slow one"


def too_few_hits(hits, steps):
    """A run that hardly took the fast paths, or hardly ever left them, would show nothing."""
    for path, part in PART_FAST.items():
        if hits[f"{path}.commit"] * part < steps:
            yield f"{path}'s fast path was taken only {hits[f'{path}.commit']} times in {steps} steps"
        if hits[f"{path}.slow"] * part < steps:
            yield f"{path}'s fast path declined only {hits[f'{path}.slow']} times in {steps} steps"


def random_states(machines, say):
    """The same seed on both kernels of a machine: every line of the trace must be the same."""
    def job(which):
        machine, seed = which
        name = f"{machine.name}/random/seed {seed}, fast equals slow for {STEPS} steps"
        words = f"random seed={seed} steps={STEPS}"
        say(f"fast equals slow on {machine.name}, seed {seed}")
        try:
            fast, hits = emulator.boot_and_count(machine, machine.preset("debug", True), "tests.cpio", words, SECONDS)
            _, slow = emulator.boot(machine, machine.preset("debug", False), "tests.cpio", words, SECONDS)
        except Failure as failure:
            return Result(name, FAILED, str(failure))
        problems = [*first_difference(fast.traces, slow.traces), *too_few_hits(hits, STEPS)]
        problems += [f"halted with status {console.halt}" for console in (fast, slow) if console.halt != 0]
        return of_problems(name, problems)

    build.build_plugin(say)
    yield from pool.run_all(job, [(machine, seed) for machine in machines if machine.main for seed in SEEDS])


# ---- what the benchmarks show ----

def baseline_result(machine, rows):
    """Equal to the accepted numbers, row for row; skipped where there are none for this compiler and QEMU."""
    name = f"{machine.name}/bench/equal to the exact baseline"
    key = baseline.key_of(build.compiler_of(machine.preset())[0], emulator.qemu_version(machine))
    known, changes, new = baseline.compare(machine.name, key, rows)
    if not known:
        return Result(name, SKIPPED, f"no baseline for this key: {key}")
    problems = [f"{row.name}: {metric} {before} -> {now}" for row, metric, before, now in changes]
    problems += [f"not in the baseline: {row.name}" for row in new]
    problems += [f"gone: {gone}" for gone in baseline.missing(machine.name, key, rows)]
    return of_problems(name, problems)


def bounds_results(machine, longest):
    """The kernel's size and its longest passage: within the limits, and as accepted."""
    numbers = bounds.measured(machine, longest)
    yield of_problems(f"{machine.name}/bench/the kernel is small, and its longest passage short", list(bounds.exceeded(machine.arch, numbers)))
    key = baseline.key_of(build.compiler_of(machine.preset())[0], emulator.qemu_version(machine))
    problems = bounds.differences(key, machine.name, numbers)
    name = f"{machine.name}/bench/size and longest passage are equal to the baseline"
    yield Result(name, SKIPPED, f"no baseline for this key: {key}") if problems is None else of_problems(name, problems)


def instructions_of(rows):
    """{row without path and stub: kernel instructions} of the fast kernel's rows with the inline stub."""
    without = ("path", "stub")
    return {metrics.row_name(row.bench, {key: value for key, value in row.params.items() if key not in without}):
            row.values["kernel_instructions"] for row in rows
            if row.params["path"] == "fast" and row.params.get("stub") != "function"}


def bench_results(machine, pairs):
    prefix = f"{machine.name}/bench"
    mine = {key: pair for key, pair in pairs.items() if key[0] == machine.name}
    try:
        bench.check_deterministic(mine)
    except Failure as failure:
        yield Result(f"{prefix}/two runs are equal", FAILED, str(failure))
        return
    yield Result(f"{prefix}/two runs are equal", PASSED)
    rows = [row for first, _ in mine.values() for row in metrics.rows_of_boot(first)]
    yield of_problems(f"{prefix}/what should take the fast path does", sanity.path_breaches(rows))
    yield of_problems(f"{prefix}/same <= other, fast <= slow, 0 words <= 120 words", sanity.order_breaches(rows))
    missing = sanity.missing_benchmarks(rows, [machine.name], benchmarks.all_benchmarks())
    yield of_problems(f"{prefix}/every benchmark gives every metric", [*sanity.missing_metrics(rows), *missing])
    yield of_problems(f"{prefix}/within the budgets", budgets.exceeded(budgets.read(), rows, machine.arch))
    yield of_problems(f"{prefix}/nothing grows faster than docs/performance.md says",
                      performance.knees(machine.arch, instructions_of(rows)))
    yield baseline_result(machine, rows)
    yield from bounds_results(machine, mine[machine.name, True][0].report.longest)


def measurements(machines, say):
    """Boots every machine as `kite bench` does and holds the numbers against everything they must satisfy."""
    for machine in machines:
        if not machine.main:
            continue
        try:
            options = bench.Options([machine])
            bench.build_all(options, say)
            yield from bench_results(machine, bench.measure_all(options, say))
        except Failure as failure:
            if failure.code == Exit.INTERRUPTED:
                raise
            yield Result(f"{machine.name}/bench/runs", FAILED, str(failure))


# ---- how long interrupts are off ----

def passages(run):
    """The system tests on a release kernel under the plugin: no passage through the kernel is longer than the limit."""
    def job(machine):
        name = f"{machine.name}/passages/no system call of the tests keeps interrupts off for longer than the limit"
        try:
            _, report = emulator.boot_and_report(machine, machine.preset(), "tests.cpio", "", SECONDS)
        except Failure as failure:
            return Result(name, FAILED, str(failure))
        return of_problems(name, list(bounds.exceeded(machine.arch, {"longest_passage": report.longest})))

    chosen = [machine for machine in run.machines if machine.main]
    build.build_plugin(run.say)
    for machine in chosen:
        build.build(machine.preset(), say=run.say)
    run.say("longest passages")
    yield from pool.run_all(job, chosen)
