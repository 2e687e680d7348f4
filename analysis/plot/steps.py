# SPDX-License-Identifier: BSD-2-Clause
"""Where a row's kernel instructions go: a stacked bar of its fast-path steps and functions."""
import shutil

from analysis import metrics
from analysis.failure import Exit, Failure
from analysis.plot import choose
from analysis.plot.gnuplot import Drawing, colour, fill, quoted

DEFAULT_FILTER = r"^ipc/round_trip words=0 space=other path=fast stub=inline"


def chosen_lines(chosen, options):
    if options.metric not in ("", "kernel_instructions"):
        raise Failure(Exit.USAGE, "steps are drawn of kernel_instructions alone")
    return choose.lines_of(chosen, "profile", options, DEFAULT_FILTER)


def bars(chosen, options, _):
    """A bar a row, a colour a step, in the order in which the steps first come."""
    wanted = chosen_lines(chosen, options)
    names, counts = choose.labels(wanted), [line["counts"] for _, line in wanted]
    steps = list(dict.fromkeys(step for count in counts for step in count))
    blocks = {"bars": [[i] + [count.get(step, 0) for step in steps] for i, count in enumerate(counts)]}
    script = "set style data histograms\nset style histogram rowstacked\nset style fill solid 0.9 border lc rgb 'white'\n"
    script += "set boxwidth 0.7\nset bmargin 4\nset key outside right reverse invert\nset grid y\n"
    script += f"set title {quoted(choose.title(chosen))}\n"
    script += f"set ylabel 'kernel instructions an iteration, {choose.benchmark_of(wanted)}'\nset yrange [0:*]\n"
    tics = ", ".join(f"{quoted(name.replace(' words', chr(10) + 'words'))} {i}" for i, name in enumerate(names))
    script += f"set xtics ({tics})\nset xrange [-0.6:{len(names) - 0.4}]\n"
    script += "plot " + ", ".join(f"$bars using {i + 2} {colour(i)} fs {fill(i)} title {quoted(step)}"
                                  for i, step in enumerate(steps)) + "\n"
    return Drawing(script, max(700, 22 * len(steps) + 120), blocks)


def as_text(chosen, options):
    """Stacked bars as text: gnuplot's terminal of characters cannot fill areas, so a line a step."""
    width = max(20, min(60, shutil.get_terminal_size().columns - 50))
    text = []
    for one, line in chosen_lines(chosen, options):
        most, total = max(line["counts"].values()), sum(line["counts"].values())
        name = metrics.row_name(line["bench"], line["params"])
        label = f"{one.label} " if len(chosen) > 1 else ""
        text += [f"{label}{line['machine']} {name}: {total:g} kernel instructions an iteration"]
        text += [f"  {step:32} {count:7g}  {'#' * max(1, round(width * count / most))}"
                 for step, count in line["counts"].items()] + [""]
    return "\n".join(text).rstrip()
