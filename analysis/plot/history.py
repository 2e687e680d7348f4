# SPDX-License-Identifier: BSD-2-Clause
"""Pictures over commits, from all records in the order in which they were made; a commit's newest record counts."""
import re
import statistics

from analysis import metrics
from analysis.failure import Exit, Failure
from analysis.plot import choose
from analysis.plot.gnuplot import Drawing, colour, quoted

DEFAULT_METRIC = "kernel_instructions"
DEFAULT_FILTER = r"^ipc/round_trip words=0 space=other path=fast stub=inline"
DEFAULT_HEAT = r"^ipc/.*space=other path=fast stub=inline"
ROWS_MAX = 60                   # of a heat map
TICS_MAX = 30                   # commits that have their name under the picture
EDGE_PERCENT = 0.5              # a heat map's scale never ends below this


def newest_of_each_commit(chosen):
    """One record a tree, at the place of its first."""
    by_tree = {}
    for one in chosen:
        by_tree[one.label, one.mark.get("dirty")] = one
    return list(by_tree.values())


def series(chosen, options, default):
    """({row's label: {index of commit: value}}, commits, metric); exit 2 and what there is if nothing matches."""
    commits = newest_of_each_commit(chosen)
    metric, found, every = options.metric or DEFAULT_METRIC, {}, []
    for index, one in enumerate(commits):
        lines = [line for line in one.lines if line["type"] == "result"]
        every += lines
        for line in choose.matching(lines, options, default):
            if line["metric"] == metric:
                name = f"{line['machine'].removeprefix('qemu-')} {metrics.row_name(line['bench'], line['params'])}"
                found.setdefault(name, {})[index] = line["value"]
    known = dict.fromkeys(line["metric"] for line in every)
    if metric not in known and every:
        raise Failure(Exit.USAGE, f"there is no metric '{metric}'; there are: {', '.join(known)}")
    if not found:
        raise choose.no_rows(every)
    return found, commits, metric


def commit_tics(commits):
    every = -(-len(commits) // TICS_MAX)
    return ", ".join(f"{quoted(one.label)} {index}" for index, one in enumerate(commits) if index % every == 0)


def trend(chosen, options, _):
    """A line a row: its value, commit after commit."""
    found, commits, metric = series(chosen, options, DEFAULT_FILTER)
    names = list(found)[:choose.FEW]
    blocks = {f"trend{i}": sorted(found[name].items()) for i, name in enumerate(names)}
    script = f"set title {quoted(f'Kite, {len(commits)} commits')}\nset key below left maxcols 1\nset grid\n"
    script += f"set ylabel {quoted(metric.replace('_', ' '))}\nset yrange [0:*]\nset xrange [-0.5:{len(commits) - 0.5}]\n"
    script += f"set xtics rotate by -60 ({commit_tics(commits)})\n"
    script += "plot " + ", ".join(f"$trend{i} using 1:2 with linespoints lw 2 pt 7 ps 0.6 {colour(i)} title {quoted(name)}"
                                  for i, name in enumerate(names)) + "\n"
    return Drawing(script, 640 + 22 * len(names), blocks)


def percents(values):
    """What each value is more or less than the row's median, in percent."""
    middle = statistics.median(values.values())
    return {index: 100 * (value - middle) / middle if middle else 0.0 for index, value in values.items()}


def natural(name):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def heatmap(chosen, options, as_text):
    """A row of squares a row, a column a commit, the colour how far from the row's median."""
    if as_text:
        raise Failure(Exit.USAGE, "a heat map needs colours: png, svg or pdf")
    found, commits, metric = series(chosen, options, DEFAULT_HEAT)
    names = sorted(found, key=natural)[:ROWS_MAX]
    table = {name: percents(found[name]) for name in names}
    edge = max([EDGE_PERCENT] + [abs(value) for row in table.values() for value in row.values()])
    blocks = {"heat": [[column, line, table[name].get(column, "NaN")] for line, name in enumerate(names)
                       for column in range(len(commits))]}
    rows = ", ".join(f"{quoted(name)} {line}" for line, name in enumerate(names))
    title = f"{metric.replace('_', ' ')}: percent above or below each row's median"
    script = f"set title {quoted(title)}\nset palette defined (-1 '#0072b2', 0 '#ffffff', 1 '#d55e00')\n"
    script += f"set cbrange [{-edge:g}:{edge:g}]\nset xrange [-0.5:{len(commits) - 0.5}]\nset yrange [{len(names) - 0.5}:-0.5]\n"
    script += f"set xtics rotate by -60 ({commit_tics(commits)})\nset ytics ({rows})\nunset key\n"
    script += "plot $heat using 1:2:3 with image pixels notitle\n"
    return Drawing(script, 240 + 24 * len(names), blocks)
