# SPDX-License-Identifier: BSD-2-Clause
"""The tables of docs/performance.md: written from results/ and abi/ by generate.py, and the growth that its table allows,
which systems.py holds the sweeps against."""
import re
from pathlib import Path

from analysis import baseline, budgets
from analysis.metrics import METRICS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
METRIC = "kernel_instructions"
GROWTH = re.compile(r"^\| `([\w/]+)` \| (\w+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.M)

# What each line of the first table says, and the row of results/exact/ behind it (without path= and stub=).
COSTS = (
    ("round trip, 0 to 8 words", "ipc/round_trip words=0 space=other"), ("round trip, 120 words", "ipc/round_trip words=120 space=other"),
    ("call, 0 words", "ipc/call words=0 space=other"), ("reply_recv, 0 words", "ipc/reply_recv words=0 space=other"),
    ("signal, nobody waits", "signal/no_switch"), ("wait that finds bits", "wait/take"), ("poll that finds none", "poll/nothing"),
    ("signal wakes a higher thread", "signal/wake space=other"), ("and that one's next wait", "signal/wait space=other"),
    ("send wakes a higher thread", "send/wake space=other"), ("page fault to its handler", "fault/deliver space=other"),
    ("the handler's answer", "fault/resume space=other"), ("both together", "fault/round_trip space=other"),
    ("interrupt to its driver", "irq/deliver space=other"), ("its acknowledgement", "irq/acknowledge space=other"),
    ("and the driver's next wait", "irq/wait space=other"), ("yield to an equal thread", "yield/there space=other"),
    ("send to an empty slot, error", "error/empty_slot"),
    ("null system call", "system/null"), ("round trip, active server", "server/active words=0 space=other server=active"),
    ("round trip, server of lower priority", "server/lower words=0 space=other server=lower"),
    ("round trip through two CNodes", "server/deep words=0 space=other depth=2"),
    ("call with a capability, delete, answer", "server/given words=0 space=other"),
    ("call, save caller, answer, recv", "server/saved words=0 space=other"),
    *((f"round trip, FPU used by {who}", f"fpu/round_trip words=0 space=other fpu={who}") for who in ("none", "client", "server", "both")),
)
# Bytes of seL4's objects of the same purpose.
SEL4_BYTES = {"thread": 2048, "endpoint": 16, "notification": 32, "space": 4096, "slot": 32}
SPACE = {"thread": "thread", "endpoint": "endpoint", "notification": "notification", "space": "address space", "slot": "CNode slot"}


# The ways whose lines are shown: each one passage, so that what it touches is what a first call has to bring in.
COLD = ("ipc/call words=0 space=other", "ipc/reply_recv words=0 space=other", "signal/no_switch", "signal/wake space=other",
        "fault/deliver space=other", "irq/deliver space=other", "system/null")


def exact(arch, path="fast", metric=METRIC):
    """{row without path and stub: kernel instructions, or another metric} of the newest baseline, for the inline stub."""
    sections = baseline.read(f"qemu-{arch}")
    rows = sections[sorted(sections)[-1]] if sections else {}
    plain = {}
    for name, numbers in rows.items():
        words = name.split()
        if f"path={path}" in words and "stub=function" not in words:
            plain[" ".join(word for word in words if word not in (f"path={path}", "stub=inline"))] = numbers[list(METRICS).index(metric)]
    return plain


def limit_of(lines, kinds, name, arch):
    """What budgets.txt says of a row, or an empty text."""
    words = name.split()
    params = dict(word.split("=", 1) for word in words[1:])
    number = int(params["words"]) if "words" in params else None
    for line in lines:
        inside = not line.words or number is not None and line.words[0] <= number <= line.words[1]
        if (line.kind in kinds and line.metric == METRIC and line.bench == words[0] and inside
                and line.space in ("", params.get("space"))):
            return line.limits[arch]
    return None


def cells(values):
    return " / ".join("-" if value is None else str(value) for value in values)


def costs():
    lines, measured = budgets.read(), {arch: exact(arch) for arch in ARCHITECTURES}
    text = ["| x86_64 / aarch64 / riscv64 | budget | **Kite** | seL4 | seL4 MCS | NOVA |", "|---|---|---|---|---|---|"]
    for sentence, name in COSTS:
        budget, ours, *others = [[limit_of(lines, kinds, name, arch) for arch in ARCHITECTURES] if kinds else
                                 [measured[arch].get(name) for arch in ARCHITECTURES]
                                 for kinds in (("budget", "goal"), (), ("sel4",), ("sel4_mcs",), ("nova",))]
        missed = any(limit is not None and number is not None and number > limit for limit, number in zip(budget, ours))
        shown = [cells(values) if any(value is not None for value in values) else "" for values in (budget, *others)]
        text.append(f"| {sentence} | {shown[0]}{' (not met)' if missed else ''} | **{cells(ours)}** | {' | '.join(shown[1:])} |")
    return text


def points(rows, bench, parameter):
    """[(value, instructions)] of a row in another address space as one parameter grows."""
    found = []
    for name, number in rows.items():
        words = name.split()
        value = next((word.split("=")[1] for word in words if word.startswith(parameter + "=")), None)
        if words[0] == bench and value is not None and "space=same" not in words:
            found.append((int(value), number))
    return sorted(found)


def growth():
    measured = {arch: exact(arch) for arch in ARCHITECTURES}
    text = ["| row | x86_64 | aarch64 | riscv64 |", "|---|---|---|---|"]
    for bench, parameter, *_ in GROWTH.findall(PAGE.read_text()):
        line = [", ".join(f"{value}: {number}" for value, number in points(measured[arch], bench, parameter)) for arch in ARCHITECTURES]
        text.append(f"| `{bench}` by {parameter} | {' | '.join(line)} |")
    return text


def floors():
    text = ["| | x86_64 | aarch64 | riscv64 |", "|---|---:|---:|---:|"]
    measured = [exact(arch) for arch in ARCHITECTURES]
    for sentence, name in (("trap and return", "floor/trap"), ("to another address space, one way", "floor/space_switch space=other"),
                           ("our call", "ipc/call words=0 space=other"), ("our reply_recv", "ipc/reply_recv words=0 space=other")):
        text.append(f"| {sentence} | {' | '.join(str(rows.get(name, '?')) for rows in measured)} |")
    return text


def cold():
    """Lines that each way touches, data + code, and of the call beside the design's budget."""
    data, code = ([exact(arch, metric=metric) for arch in ARCHITECTURES] for metric in ("data_lines", "code_lines"))
    names = {name: sentence for sentence, name in COSTS}
    text = ["| data + code lines | x86_64 | aarch64 | riscv64 |", "|---|---:|---:|---:|"]
    for name in COLD:
        shown = [f"{lines[name]} + {more[name]}" if name in lines else "?" for lines, more in zip(data, code)]
        text.append(f"| {names[name]} | {' | '.join(shown)} |")
    return text


def space():
    bits = dict(re.findall(r"SIZE_BITS_(\w+) = (\d+)", (ROOT / "abi" / "abi.h").read_text()))
    return ["| object | Kite | seL4 |", "|---|---:|---:|",
            *(f"| {sentence} | {1 << int(bits[kind])} | {SEL4_BYTES[kind]} |" for kind, sentence in SPACE.items())]


def text():
    """The page with its tables as they should be."""
    page = PAGE.read_text()
    for name, table in (("costs", costs), ("growth", growth), ("floors", floors), ("cold", cold), ("space", space)):
        begin = f"<!-- {name}: written by ci/generate.py -->\n"
        before, rest = page.split(begin)
        page = before + begin + "\n".join(table()) + "\n<!-- end -->" + rest.split("<!-- end -->", 1)[1]
    return page


def knees(arch, rows, page=None):
    """Sentences about rows that grow faster than the page's table says; rows as exact() gives them."""
    allowed = GROWTH.findall(page if page is not None else PAGE.read_text())
    if not allowed:
        yield "docs/performance.md says of nothing how it may grow"
    for bench, parameter, first, *limits in allowed:
        limit = float(limits[ARCHITECTURES.index(arch)])
        measured = [point for point in points(rows, bench, parameter) if point[0] >= int(first)]
        if len(measured) < 2:
            yield f"{bench}: fewer than two rows from {parameter}={first} on"
        for (value, number), (later, more) in zip(measured, measured[1:]):
            if more - number > limit * (later - value):
                yield (f"{bench}: from {parameter}={value} to {later} it grows by {more - number} instructions, "
                       f"allowed are {limit} for each")
