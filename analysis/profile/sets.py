# SPDX-License-Identifier: BSD-2-Clause
"""Which sets of a first-level cache the lines of an iteration lie in: 32 KiB in 4 ways of 64-byte lines, as small cores have.

More lines in a set than ways drive each other out, each time; fewer that share one are in each other's way as soon as a
program uses the same set.  Addresses are the kernel's: it sees memory in one stretch, so that below the size of a way they
are those of the memory itself."""
import io
import json

from rich import box
from rich.table import Table

from analysis.table import console_for

LINE_BYTES, WAYS, CACHE_BYTES = 64, 4, 32 << 10
SETS = CACHE_BYTES // WAYS // LINE_BYTES
KINDS = ("data", "code")


def set_of(address):
    return address // LINE_BYTES % SETS


def by_set(lines):
    """{set: addresses}, of distinct lines."""
    found = {}
    for address in sorted(set(lines)):
        found.setdefault(set_of(address), []).append(address)
    return dict(sorted(found.items()))


def summary(lines):
    """What the sets come to: distinct lines, sets, sets that several share, lines that are too many for their set."""
    sets = by_set(lines)
    return {"lines": len(set(lines)), "sets": len(sets), "shared_sets": sum(len(one) > 1 for one in sets.values()),
            "too_many": sum(max(0, len(one) - WAYS) for one in sets.values())}


def rows_of(profile):
    for kind, lines in zip(KINDS, profile.lines):
        yield {"type": "sets", "machine": profile.machine, "row": profile.name, "kind": kind, **summary(lines),
               "by_set": {str(number): [f"{address:#x}" for address in one] for number, one in by_set(lines).items()}}


def as_json(profiles):
    return "\n".join(json.dumps(row) for profile in profiles for row in rows_of(profile))


def as_text(profiles):
    console = console_for(file=io.StringIO())
    with console.capture() as captured:
        for profile in profiles:
            console.print(f"{profile.machine}: {profile.name}, {profile.version}", style="bold")
            for row in rows_of(profile):
                table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
                table.add_column("set", justify="right")
                table.add_column(f"{row['kind']} lines")
                for number, addresses in row["by_set"].items():
                    table.add_row(number, "  ".join(addresses), style="red" if len(addresses) > WAYS else None)
                console.print(table)
                console.print(f"{row['kind']}: {row['lines']} lines in {row['sets']} sets; {row['shared_sets']} sets have several; "
                              f"{row['too_many']} lines are too many for a set's {WAYS} ways\n")
        console.print(f"sets of {CACHE_BYTES >> 10} KiB in {WAYS} ways; lines of the iteration, or of its last two passages if it has more",
                      style="dim")
    return captured.get()
