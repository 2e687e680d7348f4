# SPDX-License-Identifier: BSD-2-Clause
"""The table that `kite bench` prints: a section a machine.  By default a line holds the fast and the slow kernel's rows of
one benchmark, space and number of words; wide, a line each.  Lines that differ in words alone are one."""
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis import budgets, sanity
from analysis.metrics import METRICS

WIDTH_OF_A_FILE = 120
PARAMS = ["benchmark", "space", "words"]
DETAILS = ["to user\ninline", "to user\nfunct.", "loads", "stores", "data\nlines", "code\nlines",
           "budget", "seL4", "by\nours"]
NOTES = """\
fast, slow: kernel instructions from the trap to the return, inclusive, of the kernel with and without fast paths; the
columns behind are the fast one's.  to user: all instructions of an iteration, user to user, with the system call inline
in a hot loop, and in a function that saves all callee-saved registers.  loads, stores: the kernel's.  lines: distinct
64-byte lines that the kernel touched.  C: the fast path leaves it to C.  ~: not the same in
every iteration; the median.  fpu/: who uses the FPU, all in another space.  budget, and seL4 for the line's first number
of words: kernel instructions, results/budgets.txt; by ours: seL4's divided by Kite's.
How each number is counted: docs/measuring.md."""


def console_for(**where):
    """A console that does not squeeze a table when it is no terminal."""
    plain = Console(highlight=False, **where)
    return plain if plain.is_terminal else Console(highlight=False, width=WIDTH_OF_A_FILE, color_system=None, **where)


def console():
    return console_for()


def error_console():
    """Standard error, for what is said beside the data."""
    return console_for(stderr=True)


def number_of(row, metric):
    """A row's number, with ~ if not every iteration had it; nothing if there is no row."""
    if row is None:
        return ""
    samples = row.samples[metric]
    return f"{row.values[metric]}" + ("" if min(samples) == max(samples) else "~")


def kernel_cell(row):
    """Kernel instructions, with what a reader must know of the path that ran."""
    if row is None:
        return Text("")
    number = number_of(row, "kernel_instructions")
    if row.taken == "mixed" and row.bench.startswith("ipc/") or sanity.expected_path(row) not in (None, row.taken):
        return Text(f"{number} took {row.taken}!", style="red")
    declined = row.params["path"] == "fast" and row.taken == "slow"
    return Text(number + (" C" if declined else "  "))


def budget_cell(limits, row, arch):
    """The budget of the row's kernel instructions, marked if the row is beyond it."""
    found = budgets.find(limits, row, arch, "kernel_instructions", ("budget", "goal"))
    if not found:
        return Text("")
    beyond = row.values["kernel_instructions"] > found[1]
    style = ("red" if found[0] == "budget" else "yellow") if beyond else "green"
    return Text((">" if beyond else "<=") + str(found[1]), style=style)


def lines_cell(limits, row, arch, metric):
    found = budgets.find(limits, row, arch, metric, ("budget",))
    return Text(number_of(row, metric), style="red" if found and row.values[metric] > found[1] else "")


class Group:
    """The rows of one benchmark with the same parameters but for path and stub."""

    def __init__(self, row):
        self.bench, self.words = row.bench, row.params.get("words")
        self.space = row.params.get("fpu") or row.params.get("space") or ""        # fpu rows are all of another space
        self.rows = {}

    @staticmethod
    def key_of(row):
        return row.bench, tuple(sorted((key, value) for key, value in row.params.items() if key not in ("path", "stub")))

    def get(self, path, stub="inline"):
        return self.rows.get((path, stub))

    def first(self, path):
        """The row to show of a path: inline if there is one."""
        return self.get(path) or self.get(path, "function")


def groups_of(rows):
    """All groups, in the rows' order."""
    groups = {}
    for row in rows:
        groups.setdefault(Group.key_of(row), Group(row)).rows[(row.params["path"], row.params.get("stub", "inline"))] = row
    return list(groups.values())


def details(group, path, limits, arch):
    """The cells behind the kernel instructions, but for seL4's."""
    row = group.first(path)
    to_user = [number_of(group.get(path, stub), "user_to_user_instructions") for stub in ("inline", "function")]
    return [*to_user, number_of(row, "loads"), number_of(row, "stores"), lines_cell(limits, row, arch, "data_lines"),
            lines_cell(limits, row, arch, "code_lines"), budget_cell(limits, row, arch)]


def lines_of(group, wide, limits, arch):
    """The group's lines: (cells in front of the details, cells, row for seL4's)."""
    paths = [path for path in ("fast", "slow") if group.first(path)]
    if wide:
        return [([path, kernel_cell(group.first(path))], details(group, path, limits, arch), group.first(path))
                for path in paths]
    front = [kernel_cell(group.first("fast")), kernel_cell(group.first("slow"))]
    return [(front, details(group, paths[0], limits, arch), group.first(paths[0]))]


def merged(rows, wide, limits, arch):
    """The table's lines as dictionaries, those that differ in words alone merged; sorted, wide, by path before words."""
    lines = []
    for group in groups_of(rows):
        for front, cells, row in lines_of(group, wide, limits, arch):
            other = budgets.find(limits, row, arch, "kernel_instructions", ("sel4",))
            ours = row.values["kernel_instructions"]
            lines.append({"head": [group.bench, group.space] + (front[:1] if wide else []), "words": [group.words],
                          "cells": (front[1:] if wide else front) + cells,
                          "others": [(str(other[1]), f"{other[1] / ours:.1f}")] if other else []})
    if wide:
        benches = list(dict.fromkeys(row.bench for row in rows))
        lines.sort(key=lambda line: (benches.index(line["head"][0]), line["head"][1].startswith("same"), line["head"][2] == "slow"))
    shown = []
    for line in lines:
        if shown and (shown[-1]["head"], shown[-1]["cells"]) == (line["head"], line["cells"]):
            shown[-1]["words"] += line["words"]
            shown[-1]["others"] += line["others"]
        else:
            shown.append(line)
    return shown


def table_of(machine, rows, limits, title, wide=False):
    """One machine's table."""
    names = ["benchmark", "space"] + (["path", "words", "kernel  "] if wide else ["words", "fast  ", "slow"]) + DETAILS
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False,
                  padding=(0, 1, 0, 0))
    for name in names:
        table.add_column(name, no_wrap=True, justify="left" if name.strip() in PARAMS + ["path"] else "right")
    previous = []
    for line in merged(rows, wide, limits, machine.arch):
        if previous and previous[0] != line["head"][0]:
            table.add_section()
            previous = []
        head = [text if line["head"][:i + 1] != previous[:i + 1] else "" for i, text in enumerate(line["head"])]
        words = " ".join(str(word) for word in line["words"] if word is not None)
        others = line["others"][0] if line["others"] else ("", "")
        table.add_row(*head, words, *line["cells"], *others)
        previous = line["head"]
    return table


CHANGES_SHOWN = 12


def change_texts(changes):
    """
    Changes against the baseline, instructions first.  Rows of a benchmark that changed by as much are one line, with
    one of them as the example; what is beyond CHANGES_SHOWN lines is counted.
    """
    order, alike = list(METRICS), {}
    for change in changes:
        row, metric, before, now = change
        alike.setdefault((order.index(metric), row.params["path"], row.bench, metric, now - before), []).append(change)
    groups = sorted(alike.items(), key=lambda item: (item[0][0], item[0][1], -abs(item[0][4]), item[0][2]))
    for (_, _, _, metric, delta), members in groups[:CHANGES_SHOWN]:
        row, _, before, now = members[0]
        percent = f" ({100 * delta / before:+.1f}%)" if before else ""
        others = f"; {len(members)} rows" if len(members) > 1 else ""
        yield Text(f"  {delta:+d} {metric}: {row.name}: {before} -> {now}{percent}{others}",
                   style="red" if delta > 0 else "green")
    if rest := groups[CHANGES_SHOWN:]:
        rows = sum(len(members) for _, members in rest)
        yield Text(f"  and {rows} more rows; --update-baseline and git diff show them all")
