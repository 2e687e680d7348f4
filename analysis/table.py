# SPDX-License-Identifier: BSD-2-Clause
"""The table that `kite bench` prints: a section a machine, a line a row, both kinds of stub beside each other."""
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis import budgets, sanity
from analysis.metrics import MESSAGE_REGISTERS

COLUMNS = ("benchmark", "space", "path", "words", "kernel\ninsns", "user to\nuser,\ninline", "user to\nuser,\nfunction", "loads",
           "stores", "data\nlines", "code\nlines", "budget", "seL4", "")
WIDTH_OF_A_FILE = 140
NOTES = """\
Rows with the same numbers are one line.  kernel insns: from the trap to the return, inclusive.  user to user: all
instructions of an iteration, with the system call inline in a hot loop, and in a function that saves all callee-saved
registers.  loads, stores: the kernel's.  lines: distinct 64-byte lines that the kernel touched.  declined: the kernel has
fast paths, but leaves messages beyond 8 words to C.  ~: not the same in every iteration; the median.  budget, seL4:
results/budgets.txt, kernel instructions.  docs/measuring.md says how each number is counted."""


def console():
    """Standard output, wide enough for a table even where it is no terminal."""
    plain = Console(highlight=False, soft_wrap=False)
    return plain if plain.is_terminal else Console(highlight=False, width=WIDTH_OF_A_FILE, color_system=None)


def number_of(row, metric):
    """A row's number, with ~ if not every iteration had it."""
    samples = row.samples[metric]
    return f"{row.values[metric]}" + ("" if min(samples) == max(samples) else "~")


def note_of(row):
    """What a reader must know of the row: which path ran, where that is not the one that was built."""
    if row.taken == "mixed":
        return Text("both paths ran", style="red")
    if sanity.expected_path(row) not in (None, row.taken):
        return Text(f"took the {row.taken} path", style="red")
    if row.params["path"] == "fast" and row.params.get("words", 0) > MESSAGE_REGISTERS:
        return Text("declined", style="dim")
    return Text("")


def budget_cell(lines, row, arch):
    """The budget of the row's kernel instructions, marked if the row is beyond it."""
    found = budgets.find(lines, row, arch, "kernel_instructions", ("budget", "goal"))
    if not found:
        return Text("")
    beyond = row.values["kernel_instructions"] > found[1]
    style = ("red" if found[0] == "budget" else "yellow") if beyond else "green"
    return Text(("> " if beyond else "<=") + str(found[1]), style=style)


def lines_cell(lines, row, arch, metric):
    found = budgets.find(lines, row, arch, metric, ("budget",))
    return Text(number_of(row, metric), style="red" if found and row.values[metric] > found[1] else "")


def by_stub(rows):
    """Rows by all but the stub: [(row to show, {stub: row})], in the table's order."""
    grouped = {}
    for row in rows:
        key = (row.bench, tuple(sorted((k, v) for k, v in row.params.items() if k != "stub")))
        grouped.setdefault(key, {})[row.params.get("stub", "inline")] = row
    pairs = [(stubs.get("inline") or next(iter(stubs.values())), stubs) for stubs in grouped.values()]
    return sorted(pairs, key=lambda pair: (pair[0].bench, pair[0].params.get("space") == "same", pair[0].params["path"] == "slow"))


def cells_of(row, stubs, lines, arch):
    """What stands in a row's line behind its parameters."""
    to_user = [number_of(stubs[stub], "user_to_user_instructions") if stub in stubs else "" for stub in ("inline", "function")]
    return [number_of(row, "kernel_instructions"), *to_user, number_of(row, "loads"), number_of(row, "stores"),
            lines_cell(lines, row, arch, "data_lines"), lines_cell(lines, row, arch, "code_lines"), budget_cell(lines, row, arch)]


def merged(rows, lines, arch):
    """The table's lines: rows that differ in words alone and have the same cells are one."""
    shown = []
    for row, stubs in by_stub(rows):
        head = [row.bench, row.params.get("space", ""), row.params["path"]]
        cells, note = cells_of(row, stubs, lines, arch), note_of(row)
        other = budgets.find(lines, row, arch, "kernel_instructions", ("sel4",))
        if not shown or shown[-1]["head"] != head or shown[-1]["cells"] != cells or shown[-1]["note"] != note:
            shown.append({"head": head, "words": [], "cells": cells, "others": [], "note": note})
        shown[-1]["words"] += [str(row.params["words"])] if "words" in row.params else []
        shown[-1]["others"] += [other[1]] if other else []
    return shown


def range_text(numbers):
    return "" if not numbers else str(numbers[0]) if min(numbers) == max(numbers) else f"{min(numbers)}..{max(numbers)}"


def table_of(machine, rows, lines, title):
    """One machine's table."""
    table = Table(*COLUMNS, box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for column in table.columns:
        column.no_wrap = True
    for column in table.columns[4:13]:
        column.justify = "right"
    previous = ["", "", ""]
    for line in merged(rows, lines, machine.arch):
        if previous[0] not in ("", line["head"][0]):
            table.add_section()
            previous = ["", "", ""]
        head = [text if line["head"][:i + 1] != previous[:i + 1] else "" for i, text in enumerate(line["head"])]
        table.add_row(*head, " ".join(line["words"]), *line["cells"], range_text(line["others"]), line["note"])
        previous = line["head"]
    return table


def change_text(change):
    """One change against the baseline: instructions first, then percent."""
    row, metric, before, now = change
    percent = f" ({100 * (now - before) / before:+.1f}%)" if before else ""
    return Text(f"  {now - before:+d} {metric}: {row.name}: {before} -> {now}{percent}", style="red" if now > before else "green")


def error_console():
    """Standard error, for what is said beside the data."""
    plain = Console(stderr=True, highlight=False)
    return plain if plain.is_terminal else Console(stderr=True, highlight=False, width=WIDTH_OF_A_FILE, color_system=None)
