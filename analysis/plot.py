# SPDX-License-Identifier: BSD-2-Clause
"""`kite plot`: draws a record with gnuplot, as png, svg, or text for the terminal."""
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from analysis import metrics, paths, record
from analysis.failure import Exit, Failure

TERMINALS = {
    "png": "pngcairo noenhanced size 1200,{height} font 'sans,11'",
    "svg": "svg noenhanced size 1200,{height} dynamic background '#ffffff' font 'sans,12'",
    "terminal": "dumb noenhanced size {columns},{rows}",
}
ROUND_TRIP = "ipc/round_trip"
FEW = 12                        # curves, unless a filter asks for more
# The steps of a round trip are one bar; colours that stay apart in print and for the colour-blind (Okabe and Ito).
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999")


@dataclass
class Options:
    kind: str                   # distribution or steps
    record: str
    machines: tuple
    filter: str
    metric: str
    format: str
    output: str


def record_of(options):
    """The record to draw: the one named, or the newest."""
    if options.record:
        for path in (Path(options.record), paths.RECORDS / options.record):
            if path.is_file():
                return path
        raise Failure(Exit.INCOMPARABLE, f"there is no record '{options.record}'; kite list records shows what there is")
    records = record.all_records()
    if not records:
        raise Failure(Exit.INCOMPARABLE, "there is no record yet; kite bench makes one")
    return records[-1]


def format_of(options):
    """The format, by option or by the output's suffix."""
    if options.format:
        return options.format
    suffix = Path(options.output).suffix.lstrip(".")
    if suffix and suffix not in ("png", "svg", "txt"):
        raise Failure(Exit.USAGE, f"cannot tell the format from '{options.output}'; there are: {', '.join(TERMINALS)}")
    return {"": "png", "txt": "terminal"}.get(suffix, suffix)


def chosen_lines(lines, kind, options, default):
    """The record's lines of one type that the options want; exit 2 and what there is if they want none."""
    every = [line for line in lines if line["type"] == kind]
    names = [metrics.row_name(line["bench"], line["params"]) for line in every]
    try:
        wanted = [line for line, name in zip(every, names) if re.search(options.filter or default, name)
                  and (not options.machines or line["machine"] in options.machines)]
    except re.error as error:
        raise Failure(Exit.USAGE, f"--filter '{options.filter}' is no regular expression: {error}") from None
    if not wanted:
        there = "\n  ".join(dict.fromkeys(f"{line['machine']} {name}" for line, name in zip(every, names)))
        raise Failure(Exit.USAGE, f"the record has no such rows; it has:\n  {there}")
    return wanted


def quoted(text):
    """A string for gnuplot, of any characters."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def short(line):
    """What tells one curve from another."""
    words = " ".join(f"{key}={line['params'][key]}" for key in ("words", "space", "path", "stub") if key in line["params"])
    return f"{line['machine'].removeprefix('qemu-')} {words}"


def block(name, rows):
    """A named data block of gnuplot's."""
    return f"${name} << EOD\n" + "\n".join(" ".join(str(cell) for cell in row) for row in rows) + "\nEOD\n"


def steps_of_ecdf(samples):
    """The points of an empirical distribution function drawn with steps; one value alone still shows as a rise."""
    values = sorted(samples)
    points = [(values[0] - 1, 0.0)]
    points += [(value, (i + 1) / len(values)) for i, value in enumerate(values)]
    return points + [(values[-1] + 1, 1.0)]


def histogram_bins(samples):
    return [(value, samples.count(value)) for value in sorted(set(samples))]


def colour(index):
    return f"lc rgb '{COLOURS[index % len(COLOURS)]}'"


def curves(name, style, wanted):
    """The command that plots a data block for each line."""
    return "plot " + ", ".join(f"${name}{i} using 1:2 with {style} {colour(i)} title {quoted(short(line))}"
                               for i, line in enumerate(wanted)) + "\n"


def fill(index):
    """Solid while the colours last, then patterns."""
    return "solid 0.9" if index < len(COLOURS) else f"pattern {index // len(COLOURS)}"


def distribution_script(lines, options, title):
    """ECDF above, histogram below: of one metric over the iterations of each row."""
    metric = options.metric or "user_to_user_instructions"
    default = rf"^{ROUND_TRIP} words=0 space=other .*stub=inline"
    wanted = chosen_lines(lines, "samples", options, default)
    if metric not in metrics.METRICS:
        raise Failure(Exit.USAGE, f"there is no metric '{metric}'; there are: {', '.join(metrics.METRICS)}")
    if len(wanted) > FEW:
        print(f"kite: {len(wanted)} rows match, the first {FEW} are drawn; --filter chooses others", file=sys.stderr)
    wanted = wanted[:FEW]
    samples = [line["samples"][metric] for line in wanted]
    script = "".join(block(f"ecdf{i}", steps_of_ecdf(values)) + block(f"bins{i}", histogram_bins(values))
                     for i, values in enumerate(samples))
    bench = wanted[0]["bench"] if len({line["bench"] for line in wanted}) == 1 else "benchmarks"
    script += f"set xlabel {quoted(metric.replace('_', ' ') + f', {bench}')}\nset key below left maxcols 1\nset grid\n"
    low, high = min(map(min, samples)), max(map(max, samples))
    margin = max(2, (high - low) // 20)
    script += f"set xrange [{low - margin}:{high + margin}]\n"
    script += f"set multiplot layout 2,1 title {quoted(title)}\n"
    script += "set ylabel 'part of all iterations'\nset yrange [0:1.05]\n"
    script += curves("ecdf", "steps lw 2", wanted)
    script += "set ylabel 'iterations'\nset yrange [0:*]\n"
    script += curves("bins", "impulses lw 4", wanted) + "unset multiplot\n"
    return script, 800


def bars_of(wanted):
    """(bar names, step names in the order in which they first come, {bar: counts})."""
    steps = dict.fromkeys(step for line in wanted for step in line["counts"])
    return [short(line) for line in wanted], list(steps), [line["counts"] for line in wanted]


def steps_script(lines, options, title):
    """A stacked bar a row: the kernel's instructions an iteration, by fast-path step and function."""
    if options.metric not in ("", "kernel_instructions"):
        raise Failure(Exit.USAGE, "steps are drawn of kernel_instructions alone")
    wanted = chosen_lines(lines, "profile", options, rf"^{ROUND_TRIP} words=0 space=other path=fast stub=inline")
    wanted = wanted[:FEW]
    names, steps, counts = bars_of(wanted)
    script = block("bars", [[i] + [count.get(step, 0) for step in steps] for i, count in enumerate(counts)])
    script += "set style data histograms\nset style histogram rowstacked\nset style fill solid 0.9 border lc rgb 'white'\n"
    script += "set boxwidth 0.7\nset bmargin 4\nset key outside right reverse invert\nset grid y\n"
    script += f"set title {quoted(title)}\n"
    script += f"set ylabel 'kernel instructions an iteration, {wanted[0]['bench']}'\nset yrange [0:*]\n"
    tics = ", ".join(f"{quoted(name.replace(' words', chr(10) + 'words'))} {i}" for i, name in enumerate(names))
    script += f"set xtics ({tics})\nset xrange [-0.6:{len(names) - 0.4}]\n"
    script += "plot " + ", ".join(f"$bars using {i + 2} {colour(i)} fs {fill(i)} title {quoted(step)}"
                                  for i, step in enumerate(steps)) + "\n"
    return script, max(700, 22 * len(steps) + 120)


def steps_as_text(lines, options):
    """Stacked bars as text: gnuplot's terminal of characters cannot fill areas, so a line a step."""
    wanted = chosen_lines(lines, "profile", options, rf"^{ROUND_TRIP} words=0 space=other path=fast stub=inline")
    width = max(20, min(60, shutil.get_terminal_size().columns - 50))
    text = []
    for line in wanted[:FEW]:
        most, total = max(line["counts"].values()), sum(line["counts"].values())
        name = metrics.row_name(line["bench"], line["params"])
        text += [f"{line['machine']} {name}: {total:g} kernel instructions an iteration"]
        text += [f"  {step:32} {count:7g}  {'#' * max(1, round(width * count / most))}"
                 for step, count in line["counts"].items()] + [""]
    return "\n".join(text)


def title_of(lines):
    mark = next(line for line in lines if line["type"] == "fingerprint")
    return f"Kite {mark['commit'][:12]}{' with changes' if mark['dirty'] else ''}, QEMU {mark['qemu']}, {mark['compiler']}"


def gnuplot(script, form, height, output):
    """Runs gnuplot; output "-" is standard output."""
    size = shutil.get_terminal_size((100, 40))
    terminal = TERMINALS[form].format(height=height, columns=size.columns, rows=max(30, size.lines - 2))
    whole = f"set terminal {terminal}\n" + (f"set output {quoted(output)}\n" if output != "-" else "") + script
    try:
        done = subprocess.run(["gnuplot"], input=whole.encode(), capture_output=True)
    except OSError as error:
        raise Failure(Exit.ERROR, f"cannot start gnuplot: {error}") from None
    if done.returncode or b"line 0:" in done.stderr and not done.stdout and output == "-":
        raise Failure(Exit.ERROR, f"gnuplot failed: {done.stderr.decode().strip()}")
    sys.stdout.buffer.write(done.stdout)


def run(options):
    path = record_of(options)
    lines = record.read(path)
    form = format_of(options)
    output = options.output or ("-" if form == "terminal" else f"{options.kind}.{form}")
    if output != "-" and not Path(output).resolve().parent.is_dir():
        raise Failure(Exit.ERROR, f"cannot write {output}: there is no such directory")
    if options.kind == "steps" and form == "terminal":
        text = steps_as_text(lines, options)
        print(text) if output == "-" else Path(output).write_text(text)
    else:
        draw = steps_script if options.kind == "steps" else distribution_script
        script, height = draw(lines, options, title_of(lines))
        gnuplot(script, form, height, output)
    if output != "-":
        print(output)
    print(f"kite: drawn from {path.name}", file=sys.stderr)
