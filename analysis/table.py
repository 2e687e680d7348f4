# SPDX-License-Identifier: BSD-2-Clause
"""The table that `kite bench` prints: a section a machine, a line a row, both kinds of stub beside each other."""
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis import budgets, sanity
from analysis.metrics import MESSAGE_REGISTERS

COLUMNS = ("benchmark", "words", "space", "path", "kernel\ninsns", "user to user\ninline", "insns\nfunction", "loads",
           "stores", "data\nlines", "code\nlines", "budget", "seL4", "")
WIDTH_OF_A_FILE = 140


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
        return Text("the fast path declines", style="dim")
    return Text("")


def held_against(lines, row, arch):
    """The budget's cell, marked if the row is beyond it, and seL4's."""
    found = budgets.find(lines, row, arch, "kernel_instructions", ("budget", "goal"))
    cell = Text("")
    if found:
        beyond = row.values["kernel_instructions"] > found[1]
        style = ("red" if found[0] == "budget" else "yellow") if beyond else "green"
        cell = Text(("> " if beyond else "<=") + str(found[1]), style=style)
    other = budgets.find(lines, row, arch, "kernel_instructions", ("sel4",))
    return cell, str(other[1]) if other else ""


def lines_cell(lines, row, arch, metric):
    found = budgets.find(lines, row, arch, metric, ("budget",))
    return Text(number_of(row, metric), style="red" if found and row.values[metric] > found[1] else "")


def pairs_of(rows):
    """Rows by all but the stub: [(row to show, {stub: row})], in order."""
    grouped = {}
    for row in rows:
        key = (row.bench, tuple(sorted((k, v) for k, v in row.params.items() if k != "stub")))
        grouped.setdefault(key, {})[row.params.get("stub", "inline")] = row
    return [(stubs.get("inline") or next(iter(stubs.values())), stubs) for stubs in grouped.values()]


def table_of(machine, rows, lines, title):
    """One machine's table."""
    table = Table(*COLUMNS, box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for column in table.columns[1:2] + table.columns[4:13]:
        column.justify = "right"
    previous = None
    for row, stubs in pairs_of(rows):
        if previous not in (None, row.bench):
            table.add_section()
        extra = "".join(f" {key}={value}" for key, value in row.params.items() if key not in ("words", "space", "path", "stub"))
        to_user = [number_of(stubs[stub], "user_to_user_instructions") if stub in stubs else "" for stub in ("inline", "function")]
        table.add_row((row.bench if row.bench != previous else "") + extra, str(row.params.get("words", "")), row.params.get("space", ""),
                      row.params["path"], number_of(row, "kernel_instructions"), *to_user, number_of(row, "loads"),
                      number_of(row, "stores"), lines_cell(lines, row, machine.arch, "data_lines"),
                      lines_cell(lines, row, machine.arch, "code_lines"), *held_against(lines, row, machine.arch), note_of(row))
        previous = row.bench
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
