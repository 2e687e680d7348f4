# SPDX-License-Identifier: BSD-2-Clause
"""A profile as a table or as JSON: by step within its passage, by function, or by source line; what each costs, and beside
it, if there are two sides, how many instructions it gained or lost."""
import io
import json

from rich import box
from rich.table import Table

from analysis import estimate
from analysis.profile.measure import METRICS
from analysis.table import console_for

NOTES = """\
data, code lines: distinct 64-byte lines that the passage touched here first: what a first call, with cold caches, has to bring in.
branches: instructions that can go elsewhere; taken: those that did.  within: with all that was called from there."""
ESTIMATE_NOTES = """\
Estimated, not measured: cycles of one execution of many in a row by llvm-mca's models, without instructions on system
registers, every load a hit, every branch predicted."""


def function_of(one):
    """A function, or the whole fast path that a step belongs to."""
    return one.symbol.split(".")[0]


KEYS = {
    "step": lambda one: (one.part, one.symbol),
    "function": lambda one: ("", function_of(one)),
    "line": lambda one: ("", one.place or f"{one.symbol} (no debug information)"),
}


def within(profile):
    """{function: instructions with all that was called from there}."""
    counts = {}
    for one in profile.instructions:
        for frame in set(one.stack[1:]):
            counts[frame] = counts.get(frame, 0) + 1
    return counts


def grouped(profile, by):
    """{key: {metric: sum}}: steps in the order in which they come, others with the dearest first."""
    groups = {}
    for one in profile.instructions:
        sums = groups.setdefault(KEYS[by](one), dict.fromkeys(METRICS, 0))
        for metric in METRICS:
            sums[metric] += getattr(one, metric)
    order = groups.items() if by == "step" else sorted(groups.items(), key=lambda item: -item[1]["instructions"])
    return dict(order)


def rows_of(profile, before, options):
    """Dictionaries, one a line of the table.  Of two sides, functions and lines that differ most come first."""
    rows = list(all_rows(profile, before, options))
    return sorted(rows, key=lambda row: -abs(row["difference"])) if before and options.by != "step" else rows


def all_rows(profile, before, options):
    """The same; those that only the other side has come last."""
    groups, others = grouped(profile, options.by), grouped(before, options.by) if before else {}
    inclusive = within(profile) if options.by == "function" else {}
    nothing = dict.fromkeys(METRICS, 0)
    for key in [*groups, *(key for key in others if key not in groups)]:
        part, name = key
        row = {"machine": profile.machine, "row": profile.name, **({"passage": part} if part else {}), options.by: name,
               **groups.get(key, nothing)}
        if options.by == "function":
            row["within"] = inclusive.get(name, 0)
        if before:
            row["difference"] = row["instructions"] - others.get(key, nothing)["instructions"]
        yield row


def estimates(profile):
    parts = {}
    for one in profile.instructions:
        parts.setdefault(one.part, []).append(one.text)
    return estimate.of_parts(profile.arch, parts)


def table_of(profile, before, options):
    sides = f", against {before.version}" if before else ""
    title = f"{profile.machine}: {profile.name}, {profile.version}{sides}"
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    heads = ["passage"] * (options.by == "step") + [options.by]
    numbers = list(METRICS) + ["within"] * (options.by == "function") + ["difference"] * bool(before)
    for head in heads:
        table.add_column(head, no_wrap=True)
    for head in numbers:
        table.add_column(head.replace("_", "\n"), justify="right", no_wrap=True)
    rows, shown = list(rows_of(profile, before, options)), ""
    kept = rows if options.by == "step" else rows[:options.lines]
    for row in kept:
        part = row.get("passage", "")
        cells = [part if part != shown else ""] * (options.by == "step") + [row[options.by]]
        if shown and part != shown:
            table.add_section()
        shown = part
        table.add_row(*cells, *(f"{row[name]:+d}" if name == "difference" and row[name] else str(row[name] or "") for name in numbers))
    if len(kept) < len(rows):
        rest = {name: sum(row[name] for row in rows[len(kept):]) for name in METRICS}
        table.add_row(f"{len(rows) - len(kept)} more", *(str(rest.get(name, "")) for name in numbers))
    table.add_section()
    sums = {name: sum(row[name] for row in rows) for name in numbers if name != "within"}
    if before:
        sums["difference"] = f"{sums['difference']:+d}"
    table.add_row("all", *[""] * (options.by == "step"), *(str(sums.get(name, "")) for name in numbers), style="bold")
    return table


def estimate_table(profile):
    cores = estimate.CORES[profile.arch]
    table = Table(box=box.SIMPLE_HEAD, title="estimated cycles (llvm-mca)", title_justify="left", pad_edge=False, padding=(0, 1, 0, 0))
    for head in ("passage", "instructions", "with a model", *cores):
        table.add_column(head, no_wrap=True, justify="left" if head == "passage" else "right")
    for part, (count, work, found) in estimates(profile).items():
        table.add_row(part, str(count), str(work), *(str(found.get(core, "")) for core in cores))
    return table


def as_text(profiles, before, options):
    """The tables; coloured only where standard output is a terminal that wants it."""
    own = options.output != "-"
    console = console_for(**({"file": io.StringIO()} if own else {}))
    with console.capture() as captured:
        for profile, other in zip(profiles, before or [None] * len(profiles)):
            console.print(table_of(profile, other, options))
            if options.estimate:
                console.print(estimate_table(profile))
        console.print(NOTES + ("\n" + ESTIMATE_NOTES if options.estimate else ""), style="dim")
    return captured.get()


def as_json(profiles, before, options):
    """One object a line."""
    lines = []
    for profile, other in zip(profiles, before or [None] * len(profiles)):
        lines += [{"type": "profile", **row} for row in rows_of(profile, other, options)]
        if options.estimate:
            lines += [{"type": "estimate", "machine": profile.machine, "row": profile.name, "passage": part, "instructions": count,
                       "modelled": work, "cycles": found} for part, (count, work, found) in estimates(profile).items()]
    return "\n".join(json.dumps(line) for line in lines)
