# SPDX-License-Identifier: BSD-2-Clause
"""The exact baselines, results/exact/MACHINE.txt: a text table that is reviewed as a diff.

One section a key (compiler and QEMU), one line a row, sorted; a change of speed is a line in the diff of the commit
that made it.  results/README.md describes the format.
"""
import re

from analysis import paths
from analysis.failure import Exit, Failure
from analysis.metrics import METRICS, sort_key

SHORT = ("kernel", "user_to_user", "loads", "stores", "data_lines", "code_lines")
WIDTHS = (62, 8, 13, 7, 7, 11, 11)


def series_of(qemu):
    """QEMU's series: 7.2.22 counts as 7.2 does."""
    return ".".join(qemu.split(".")[:2])


def key_of(compiler, qemu):
    """What exact numbers depend on besides the source: the compiler, and QEMU's series."""
    return f"{compiler}, QEMU {series_of(qemu)}"


def path_of(machine):
    return paths.EXACT / f"{machine}.txt"


def line_of(cells):
    return "".join(f"{cell:<{WIDTHS[0]}}" if i == 0 else f"{cell:>{WIDTHS[i]}}" for i, cell in enumerate(cells)).rstrip()


def parse(text, where):
    """{key: {row name: (numbers in METRICS' order)}} of one file."""
    sections, current = {}, None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if found := re.fullmatch(r"\[(.+)\]", line):
            current = sections.setdefault(found[1], {})
            continue
        words = line.split()
        numbers = words[-len(METRICS):]
        if current is None or len(words) <= len(METRICS) or not all(word.isdigit() for word in numbers):
            raise Failure(Exit.ERROR, f"{where}:{number}: not a line of a baseline: {line}")
        current[" ".join(words[:-len(METRICS)])] = tuple(int(word) for word in numbers)
    return sections


def read(machine):
    path = path_of(machine)
    return parse(path.read_text(), path.name) if path.exists() else {}


def text_of(machine, sections, order):
    """The file's text; order sorts row names."""
    head = ["# SPDX-License-Identifier: BSD-2-Clause",
            f"# Exact baselines of {machine}: see results/README.md.  Written by: kite bench --update-baseline",
            line_of(["# benchmark and parameters", *SHORT])]
    for key in sorted(sections):
        head += ["", f"[{key}]"]
        head += [line_of([name, *sections[key][name]]) for name in sorted(sections[key], key=order)]
    return "\n".join(head) + "\n"


def numbers_of(row):
    return tuple(row.values[metric] for metric in METRICS)


def order_of_name(name):
    """Sorts a row's name as the table does, with words as numbers."""
    bench, *pairs = name.split()
    params = {key: int(value) if value.isdigit() else value for key, value in (pair.split("=", 1) for pair in pairs)}
    return sort_key(bench, params)


def update(machine, key, rows, complete):
    """Writes the rows into the machine's baseline; complete: they are all there are, so others of this key go."""
    sections = read(machine)
    section = {} if complete else sections.get(key, {})
    section.update({row.name: numbers_of(row) for row in rows})
    sections[key] = section
    paths.EXACT.mkdir(parents=True, exist_ok=True)
    path_of(machine).write_text(text_of(machine, sections, order_of_name))


def compare(machine, key, rows):
    """
    What differs from the baseline of this key: (known, changes, new).  known: there is such a baseline.  changes: one
    (row, metric, before, now) each, worst first.  new: rows that it does not have.
    """
    section = read(machine).get(key)
    if section is None:
        return False, [], []
    changes = [(row, metric, before, row.values[metric]) for row in rows if row.name in section
               for metric, before in zip(METRICS, section[row.name]) if before != row.values[metric]]
    changes.sort(key=lambda change: change[2] - change[3])
    return True, changes, [row for row in rows if row.name not in section]


def missing(machine, key, rows):
    """Names that the baseline of this key has and the rows do not."""
    return sorted(set(read(machine).get(key, {})) - {row.name for row in rows})

