# SPDX-License-Identifier: BSD-2-Clause
"""`kite profile --host`: a microbenchmark of the portable kernel under perf, and under callgrind for exact counts.

`perf stat` counts cycles and instructions where the machine has them; `perf record` samples by cycles, or else by the
processor's time; callgrind needs no counters.  What is missing is said, the rest is shown."""
import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from rich import box
from rich.table import Table

from analysis import callgrind, host, paths
from analysis.failure import Exit, Failure
from analysis.profile import flame, perf_script
from analysis.table import console_for

COUNTED = ("cycles:u", "instructions:u", "branches:u", "branch-misses:u", "cache-misses:u")
SAMPLED = ("cycles:u", "cpu-clock:u")           # the second is a clock of Linux, which every machine has
FORMATS = ("table", "json", "folded", "flame", "perf")
SAMPLES_A_SECOND = "4000"


@dataclass
class Measured:
    case: str
    counters: dict = field(default_factory=dict)        # event -> each time
    missing: list = field(default_factory=list)         # sentences
    event: str = ""                                     # what was sampled by
    samples: list = field(default_factory=list)         # perf_script.read()
    text: str = ""                                      # of perf script
    exact: dict = field(default_factory=dict)           # function -> instructions each time


def parse_stat(text):
    """({event: count}, [events that are not supported or were not counted]) of `perf stat -j`."""
    counted, missing = {}, []
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        try:
            one = json.loads(line)
            name, value = one["event"].removesuffix(":u"), one["counter-value"]
        except (ValueError, KeyError) as error:
            raise Failure(Exit.ERROR, f"perf stat printed what cannot be read: {error}") from None
        if value.startswith("<"):
            missing.append(f"{name}: {value.strip('<>')}")
        else:
            counted[name] = float(value)
    return counted, missing


def perf(*words, **options):
    return subprocess.run(["perf", *words], capture_output=True, text=True, errors="replace", **options)


def loop_of(case):
    return [str(paths.HOST_BENCH), f"--loop={case}"]


def stat(measured):
    done = perf("stat", "-j", "-e", ",".join(COUNTED), "--", *loop_of(measured.case))
    if done.returncode:
        measured.missing.append(f"perf stat failed: {(done.stderr.strip().splitlines() or ['it said nothing'])[-1]}")
        return
    counted, missing = parse_stat(done.stderr)
    times = int(done.stdout)
    measured.counters = {name: value / times for name, value in counted.items()}
    if missing:
        measured.missing.append(f"this machine does not count {', '.join(missing)}")


def sample(measured):
    with tempfile.TemporaryDirectory(prefix="kite-perf-") as directory:
        data = str(Path(directory) / "perf.data")
        for event in SAMPLED:
            done = perf("record", "-q", "-e", event, "-F", SAMPLES_A_SECOND, "-g", "-o", data, "--", *loop_of(measured.case))
            if done.returncode == 0:
                script = perf("script", "-i", data)
                measured.text, measured.samples = script.stdout, perf_script.read(script.stdout.splitlines())
                break
            measured.missing.append(f"perf record cannot sample {event}")
    if not measured.samples:
        measured.missing.append("perf record took no samples")
        return
    measured.event = measured.samples[0][1].partition(":")[0]           # perf itself takes another one where it must


def measure(case, say):
    measured = Measured(case)
    if shutil.which("perf"):
        say(f"{case} under perf stat")
        stat(measured)
        say(f"{case} under perf record")
        sample(measured)
    else:
        measured.missing.append("perf is not installed (Debian: linux-perf)")
    if callgrind.tool():
        say(f"{case} under callgrind")
        try:
            measured.exact = callgrind.count(paths.HOST_BENCH, case)[case]
        except Failure as failure:
            measured.missing.append(str(failure))
    else:
        measured.missing.append("valgrind is not installed: no exact instructions")
    if not measured.samples and not measured.exact:
        raise Failure(Exit.MACHINE, "nothing on this machine can profile: " + "; ".join(measured.missing))
    return measured


def own(frame):
    return frame != "[unknown]"


def samples_by_function(measured):
    """{function: samples in it}, most first; of the program alone, for the rest is how it starts."""
    counts = {}
    for _, _, _, frames in measured.samples:
        counts[frames[-1]] = counts.get(frames[-1], 0) + 1 if frames else 0
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def rows_of(measured):
    """Dictionaries: function, samples and their share, exact instructions each time."""
    sampled, total = samples_by_function(measured), len(measured.samples)
    for name in [*measured.exact, *(name for name in sampled if name not in measured.exact)]:
        row = {"case": measured.case, "function": name}
        if total:
            row |= {"samples": sampled.get(name, 0), "share": sampled.get(name, 0) / total}
        if measured.exact:
            row["exact_instructions"] = measured.exact.get(name, 0)
        yield row


def as_json(measured):
    lines = [{"type": "counters", "case": measured.case, **measured.counters, "missing": measured.missing}]
    lines += [{"type": "host_profile", "sampled_by": measured.event, **row} for row in rows_of(measured)]
    return "\n".join(json.dumps(line) for line in lines)


def as_text(measured, lines):
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("function", no_wrap=True)
    heads = ["share of\nsamples"] * bool(measured.samples) + ["instructions\n(exact)"] * bool(measured.exact)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    rows = list(rows_of(measured))
    for row in rows[:lines]:
        exact = f"{row['exact_instructions']:g}" if row.get("exact_instructions") else ""
        table.add_row(row["function"], *([f"{row['share']:.1%}"] if measured.samples else []), *([exact] if measured.exact else []))
    if measured.exact:
        table.add_section()
        table.add_row("all", *[""] * bool(measured.samples), f"{sum(measured.exact.values()):g}", style="bold")
    console = console_for()
    with console.capture() as captured:
        console.print(f"this host: {measured.case}: {host.cases()[measured.case]}", style="bold")
        console.print(table)
        for name, value in measured.counters.items():
            console.print(f"{name}: {value:.1f} each time, by the processor's counter")
        if measured.event:
            console.print(f"sampled by {measured.event}: {len(measured.samples)} samples")
        if measured.exact:
            console.print("instructions (exact): by valgrind's callgrind, each time; checks of the case included")
    return captured.get()


def stacks_of(measured):
    """{stack: count}: samples with their callers, or exact instructions by function where nothing was sampled."""
    if not measured.samples:
        return {(measured.case, name): round(count) for name, count in measured.exact.items() if round(count)}
    counts = {}
    for _, _, _, frames in measured.samples:
        stack = (measured.case, *(frame.replace(";", ":").replace(" ", "_") for frame in frames if own(frame)))
        counts[stack] = counts.get(stack, 0) + 1
    return counts


def text_of(measured, form, lines):
    unit = "samples" if measured.samples else "instructions"
    if form == "json":
        return as_json(measured)
    if form == "folded":
        return "\n".join(f"{';'.join(stack)} {count}" for stack, count in stacks_of(measured).items())
    if form == "flame":
        return flame.draw({stack: (0, count) for stack, count in stacks_of(measured).items()}, unit,
                          f"this host: {measured.case}, {unit} ({measured.event or 'callgrind'})", False)
    if form == "perf":
        if not measured.text:
            raise Failure(Exit.MACHINE, "there is no perf script: " + "; ".join(measured.missing))
        return measured.text
    return as_text(measured, lines)


def run(case, form, output, lines, dry_run, say):
    """The whole command; returns the exit code."""
    from analysis.profile import write
    if case not in host.cases():
        raise Failure(Exit.USAGE, f"there is no microbenchmark '{case}'; there are: {', '.join(host.cases())}")
    if form not in FORMATS:
        raise Failure(Exit.USAGE, f"--host has no format {form}; it has: {', '.join(FORMATS)}")
    if dry_run:
        print(f"build host-release: bench_host\nrun {case} under perf stat, perf record and callgrind, whichever is there")
        return Exit.SAME
    host.build_program(say)
    measured = measure(case, say)
    write(text_of(measured, form, lines), output)
    for sentence in measured.missing:
        say(sentence)
    return Exit.SAME
