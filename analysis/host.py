# SPDX-License-Identifier: BSD-2-Clause
"""`kite bench --host`: the microbenchmarks of the portable kernel (bench/host), through Google Benchmark.

Times are measured, in repetitions on a machine that does other things too: the median is shown with what it lay between.
Cycles and instructions come from perf events where the machine has them; instructions also, exact, from callgrind."""
import datetime
import json
import re
import subprocess
from dataclasses import dataclass, field
from statistics import median

from rich import box
from rich.table import Table

from analysis import build, callgrind, lists, paths, record, table
from analysis.failure import Exit, Failure

NOTES = """\
ns: time of one, the median of {repetitions} repetitions, and what they lay between.  set: so much other memory was touched before
each one, so that caches are cold as far as it reaches; without it, caches are warm.  floor/nothing is in every number{exact}."""
EXACT_NOTE = ".\ninstructions: counted by valgrind (callgrind), exact for this compiler; loop and checks of the case included"
NAME = re.compile(r"^(?P<bench>\w+/\w+)(?:/set:(?P<set>\d+)KiB)?(?:/iterations:\d+)?(?:/manual_time)?$")


WORKING_SET = 8192                              # KiB: more than most cores' second level


@dataclass
class Options:
    filter: str = ""
    json: bool = False
    repetitions: int = 9
    working_set: int = WORKING_SET  # KiB; 0: warm caches only
    dry_run: bool = False


@dataclass
class Row:
    bench: str
    set_kib: int
    ns: list                        # one a repetition
    counters: dict = field(default_factory=dict)     # cycles, instructions: one a repetition
    exact: float = None             # instructions, by callgrind

    @property
    def name(self):
        return self.bench + (f" set={self.set_kib}KiB" if self.set_kib else "")

    def as_json(self):
        line = {"type": "host", "bench": self.bench, "params": {"set_kib": self.set_kib} if self.set_kib else {}, "kind": "measured",
                "unit": "ns", "value": median(self.ns), "minimum": min(self.ns), "maximum": max(self.ns), "repetitions": len(self.ns)}
        line |= {name: median(values) for name, values in self.counters.items()}
        return line | ({"exact_instructions": self.exact} if self.exact is not None else {})


def cases():
    """{name as shown: sentence} of bench/host/cases.def."""
    return {shown: sentence for _, shown, _, sentence in lists.read("bench/host/cases.def", "CASE")}


def parse(text):
    """The rows of Google Benchmark's JSON; Failure(6) if it is none, or has no row."""
    rows = {}
    try:
        for one in json.loads(text)["benchmarks"]:
            found = NAME.match(one["run_name"])
            if one["run_type"] != "iteration" or not found:
                continue
            if one.get("error_occurred"):
                raise Failure(Exit.BENCHMARK, f"{one['run_name']}: {one.get('error_message', 'failed')}")
            row = rows.setdefault(found[0], Row(found["bench"], int(found["set"] or 0), []))
            row.ns.append(float(one["real_time"]))
            for counter in ("cycles", "instructions"):
                if counter in one:
                    row.counters.setdefault(counter, []).append(float(one[counter]))
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(Exit.BENCHMARK, f"Google Benchmark's output cannot be read: {error}") from None
    if not rows:
        raise Failure(Exit.BENCHMARK, "Google Benchmark ran nothing")
    return list(rows.values())


def build_program(say):
    build.build("host-release", say=say)
    if not paths.HOST_BENCH.exists():           # configured before the library was there: look again
        build.call(["cmake", "--preset", "host-release"], "host-release")
        build.build("host-release", say=say)
    if not paths.HOST_BENCH.exists():
        raise Failure(Exit.ERROR, "the microbenchmarks need Google Benchmark: Debian's libbenchmark-dev")


def chosen_cases(pattern):
    """The cases that a filter wants; exit 2 and the list if it wants none or is no expression."""
    try:
        found = [name for name in cases() if re.search(pattern, name)]
    except re.error as error:
        raise Failure(Exit.USAGE, f"--filter '{pattern}' is no regular expression: {error}") from None
    if not found:
        raise Failure(Exit.USAGE, f"no microbenchmark matches '{pattern}'; there are: {', '.join(cases())}")
    return found


def measure(options, tree):
    """(Google Benchmark's text, what it said beside it)."""
    wanted = "|".join(map(re.escape, chosen_cases(options.filter)))
    command = [str(paths.HOST_BENCH), f"--working-set={options.working_set}", "--benchmark_format=json",
               f"--benchmark_filter=^({wanted})(/|$)", f"--benchmark_repetitions={options.repetitions}",
               "--benchmark_enable_random_interleaving=true",
               f"--benchmark_context=kite_commit={tree[0]},kite_dirty={tree[1] or 'no'}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failure(Exit.BENCHMARK, f"the microbenchmarks failed: {done.stderr.strip()}")
    return done.stdout, [line for line in done.stderr.splitlines() if line.startswith("kite: ")]


def keep(text, tree):
    """Google Benchmark's own file beside the records, for its compare.py."""
    paths.RECORDS.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%S%f")[:-3]
    path = paths.RECORDS / f"{now}-{tree[0][:12]}{'-dirty' if tree[1] else ''}-host.json"
    record.write_whole(path, text)
    return path


def count_exactly(rows, say):
    """Fills in the exact instructions, if valgrind is there."""
    if not callgrind.tool():
        say("no exact instruction counts: valgrind is not installed")
        return
    try:
        counted = callgrind.count(paths.HOST_BENCH)
    except Failure as failure:                  # times are worth having without it
        say(f"no exact instruction counts: {failure}")
        return
    for row in rows:
        row.exact = sum(counted[row.bench].values())


def table_of(rows):
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    counters = [name for name in ("cycles", "instructions") if any(name in row.counters for row in rows)]
    exact = any(row.exact is not None for row in rows)
    for head in ("benchmark", "set"):
        shown.add_column(head, no_wrap=True)
    for head in ["ns", "least", "most", *counters, *(["instructions\n(exact)"] if exact else [])]:
        shown.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        numbers = [f"{value:.1f}" for value in (median(row.ns), min(row.ns), max(row.ns))]
        numbers += [f"{median(row.counters[name]):.1f}" if name in row.counters else "" for name in counters]
        numbers += [f"{row.exact:.0f}"] if exact else []
        shown.add_row(row.bench, f"{row.set_kib} KiB" if row.set_kib else "warm", *numbers)
    return shown


def order(rows):
    names = list(cases())
    return sorted(rows, key=lambda row: (names.index(row.bench), row.set_kib))


def run(options, say):
    """The whole command; returns the exit code."""
    wanted = chosen_cases(options.filter)
    if options.dry_run:
        print("build host-release: bench_host")
        print(f"run {len(wanted)} microbenchmarks {options.repetitions} times: {', '.join(wanted)}")
        return Exit.SAME
    build_program(say)
    tree = record.commit_and_dirt()
    say(f"measuring {len(wanted)} microbenchmarks on this host")
    text, remarks = measure(options, tree)
    for remark in remarks:
        say(remark.removeprefix("kite: "))
    rows = order(parse(text))
    count_exactly(rows, say)
    if options.json:
        for row in rows:
            print(json.dumps(row.as_json()))
    else:
        compiler, _ = build.compiler_of("host-release")
        console = table.console()
        console.print(f"this host: the portable kernel alone, {compiler}; measured times", style="bold")
        console.print(table_of(rows))
        exact = EXACT_NOTE if any(row.exact is not None for row in rows) else ""
        console.print(NOTES.format(repetitions=options.repetitions, exact=exact), style="dim")
    say(f"record: {keep(text, tree).relative_to(paths.ROOT)}")
    return Exit.SAME
