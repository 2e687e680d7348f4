# SPDX-License-Identifier: BSD-2-Clause
"""Writes fastpath/README.md (the table of steps with their instructions, from the kernels as linked and the baselines),
the tables of docs/performance.md (performance.py) and docs/manual.md (manual.py).

    ci/generate.py          writes them (kernels built for release)
A test compares what would be written with what is there.
"""
import sys
from pathlib import Path

import fastpath
from result import of_problems

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
import performance  # noqa: E402
from analysis import baseline, budgets  # noqa: E402
import manual  # noqa: E402

HEAD = """\
# fastpath/: the paths that matter most, in assembly

<!-- Written by ci/generate.py; a test fails if it is out of date.  Do not edit. -->

The same meaning as `kernel/ipc.c`, which is the specification, for the case of each that matters most: a message to
somebody who waits, in a capability space of one level, between two plain threads; a signal that wakes nobody; and the
acknowledgement of an interrupt.  In every other case a fast path goes to the portable C path, having changed nothing but the current thread's save area.  Delete
this folder, or configure with `FASTPATH=OFF`, and the kernel does the same, slower; `FASTPATH="call;wait"` builds those alone.

One more path is portable C and no file here: `deliver`, an interrupt to a driver of higher priority that waits for it
(`notification_hand_over()`, `sched_hand_over()`).

- `<path>.def` lists the steps; a step is a label in the object file (`call.check_right`).
- `<path>.<arch>.S` are the same program three times, with the same right-hand words.
- `long_<path>.<arch>.S` is the same program for a message of 9 to 120 words, with two steps more (`copy.<arch>.h`).
- `roles.<arch>.h` gives registers their roles.
- `floor.<arch>.S` is the least that any kernel could do, for comparison.

Included: generated `offsets.h`, `abi/`, own macros.  `ci/fastpath.py` checks what was linked: the steps and their order;
no store before `commit` but in the save area; nothing gives up from `commit` on; branches go forward; no TLB flush, no
barrier, no FPU register and no write of its control, one write of the address-space register where it switches.
"""


# The row of results/exact/ that measures each.
MEASURED = {
    "call": "ipc/call words=0 space=other path=fast stub=inline",
    "reply_recv": "ipc/reply_recv words=0 space=other path=fast stub=inline",
    "signal": "signal/no_switch path=fast stub=inline",
    "wait": "wait/take path=fast stub=inline",
    "acknowledge": "irq/acknowledge space=other path=fast stub=inline",
}
# What stands before the first step, if it is more than the entry.
BEFORE = {"acknowledge": "the entry; call.entry, call.find_slot, call.check_right, call.other; and within commit the controller's driver, which is C"}


def main_steps(steps):
    """The steps that a hit takes."""
    names = list(steps)
    return names[:names.index(fastpath.LAST) + 1]


def entry_of(arch, path, steps):
    """Instructions before the first step (arch/<arch>/entry.S): what was measured less what the steps have."""
    sections = baseline.read(f"qemu-{arch}")
    name = MEASURED[path]
    measured = {numbers[name][0] for numbers in sections.values() if name in numbers}
    counted = sum(len(steps[step]) for step in main_steps(steps))
    return measured.pop() - counted if len(measured) == 1 else None


def table(path):
    """The Markdown table of one path."""
    columns = {arch: fastpath.read(ROOT, arch, path) for arch in fastpath.ARCHITECTURES}
    wanted = columns[fastpath.ARCHITECTURES[0]][1].wanted
    entries = {arch: entry_of(arch, path, steps) for arch, (steps, _) in columns.items()}
    lines = [f"## {path}", "", "| step | " + " | ".join(columns) + " | |", "|---|" + "---:|" * len(columns) + "---|"]

    def line(step, counts, sentence):
        cells = ["?" if count is None else str(count) for count in counts]
        lines.append(f"| {step} | " + " | ".join(cells) + f" | {sentence} |")

    def whole(arch, steps):
        return entries[arch] and entries[arch] + sum(len(steps[step]) for step in main_steps(steps))

    line("before" if path in BEFORE else "trap entry", entries.values(),
         BEFORE.get(path, "arch/<arch>/entry.S finds the current thread and tells system calls apart"))
    for step, sentence in wanted.items():
        if step in main_steps(wanted):
            line(f"`{path}.{step}`", [len(steps.get(step, [])) for steps, _ in columns.values()], sentence)
    line("**all**", [whole(arch, steps) for arch, (steps, _) in columns.items()], "as measured: results/exact/")
    return "\n".join(lines) + "\n"


def budget_line():
    limits = next(line.limits for line in budgets.read() if line.kind == "budget" and line.bench == "ipc/round_trip")
    return "Budget of call and reply_recv together: " + ", ".join(f"{limit} on {arch}" for arch, limit in limits.items()) + ".\n"


def text():
    tables = "Instructions by step, to another address space where there is one, trap to return:\n"
    return "\n".join([HEAD, tables, *map(table, MEASURED), budget_line()])


def pages():
    """What is generated: (path, text)."""
    return (ROOT / "fastpath" / "README.md", text()), (performance.PAGE, performance.text())


def group():
    for path, wanted in pages():
        name = path.relative_to(ROOT)
        problem = [] if path.exists() and path.read_text() == wanted else [
            f"{name} is out of date: /usr/bin/python3 ci/generate.py writes it"]
        yield of_problems(f"generated/{name} is up to date", problem)
    yield from manual.group()


if __name__ == "__main__":
    manual.write()
    for page_path, page_text in pages():
        page_path.write_text(page_text)
