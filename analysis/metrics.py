# SPDX-License-Identifier: BSD-2-Clause
"""From a boot's regions to rows: one benchmark with one set of parameters, and its six numbers.

The k-th region belongs to the k-th `bench` line.  An iteration has as many passages through the kernel as that line
says; each is a row if the line names it, and all of them together are the row of the line's own name.  What the numbers
mean is in docs/measuring.md.
"""
from dataclasses import dataclass, field

from analysis.emulator import HITS
from analysis.failure import Exit, Failure

# Metric -> unit, in the order in which they are shown.
METRICS = {
    "kernel_instructions": "instructions",
    "user_to_user_instructions": "instructions",
    "loads": "accesses",
    "stores": "accesses",
    "data_lines": "lines",
    "code_lines": "lines",
}
SUMMED = ("kernel_instructions", "loads", "stores")
MESSAGE_REGISTERS = 8           # words that a fast path carries (abi/tag.h)
PARAM_ORDER = ("words", "space", "path", "stub")
FAST_HITS = {1 << bit for bit, name in enumerate(HITS) if name.endswith(".commit")}
SLOW_HITS = sum(1 << bit for bit, name in enumerate(HITS) if name.endswith("slow"))


@dataclass
class Row:
    machine: str
    bench: str
    params: dict
    samples: dict               # metric -> one value an iteration
    taken: str                  # "fast", "slow", "entry" (neither: answered in the entry), "mixed"
    values: dict = field(init=False)

    def __post_init__(self):
        self.values = {metric: middle(samples) for metric, samples in self.samples.items()}

    @property
    def name(self):
        return row_name(self.bench, self.params)

    @property
    def sort_key(self):
        return sort_key(self.bench, self.params)


def row_name(bench, params):
    """The row's name, as filters and baselines have it: ipc/call words=0 space=other path=fast stub=inline."""
    order = [key for key in PARAM_ORDER if key in params] + sorted(set(params) - set(PARAM_ORDER))
    return " ".join([bench] + [f"{key}={params[key]}" for key in order])


def sort_key(bench, params):
    """Orders rows: by benchmark, then other space first, then by words as numbers, fast first."""
    return (bench, params.get("space") == "same", params.get("words", -1), params.get("path") == "slow",
            params.get("stub") == "function", row_name(bench, params))


def middle(samples):
    """The lower median: a value that did occur."""
    return sorted(samples)[(len(samples) - 1) // 2]


def taken_of(passages):
    """Which path the kernel took, by the addresses that the passages executed."""
    kinds = set()
    for passage in passages:
        slow, fast = passage.hits & SLOW_HITS, passage.hits & ~SLOW_HITS
        kinds.add("mixed" if slow and fast else "slow" if slow else "fast" if fast in FAST_HITS else "entry")
    return kinds.pop() if len(kinds) == 1 else "mixed"


def stamps_between(passages, step):
    """Instructions from the entry of each passage to that of the one step later, all of them: kernel, user, firmware."""
    return [later.stamp - earlier.stamp for earlier, later in zip(passages, passages[step:])]


def samples_of_position(passages, position, count):
    """The samples of one passage of the iteration; to the next entry, which the last iteration's last has none of."""
    mine = passages[position::count]
    samples = {metric: [getattr(passage, metric) for passage in mine] for metric in METRICS if metric in vars(mine[0])}
    samples["user_to_user_instructions"] = stamps_between(passages, 1)[position::count]
    return {metric: samples[metric] for metric in METRICS}


def samples_of_iteration(passages, count):
    """The samples of a whole iteration.  Lines are counted over at most two passages: of more, the last two."""
    last = passages[count - 1::count]
    samples = {metric: [sum(getattr(passage, metric) for passage in passages[i:i + count])
                        for i in range(0, len(passages), count)] for metric in SUMMED}
    pair = "_pair" if count >= 2 else ""
    for lines in ("data_lines", "code_lines"):
        samples[lines] = [getattr(passage, lines + pair) for passage in last]
    samples["user_to_user_instructions"] = stamps_between(passages, count)[::count]
    return {metric: samples[metric] for metric in METRICS}


def rows_of_region(machine, path, line, region):
    """The rows of one `bench` line and its region."""
    params = {**line.params, "path": path}
    passages, count = region.passages, line.passages
    name = row_name(line.name, params)
    if len(passages) != line.iterations * count or line.iterations < 2:
        raise Failure(Exit.BENCHMARK, f"{machine}: {name}: {len(passages)} passages through the kernel, "
                                      f"expected {line.iterations} x {count}")
    if line.names and len(line.names) != count:
        raise Failure(Exit.BENCHMARK, f"{machine}: {name}: cannot understand iterations of {count} passages named {line.names}")
    rows = [Row(machine, part, params, samples_of_position(passages, position, count), taken_of(passages[position::count]))
            for position, part in enumerate(line.names) if part != line.name]
    return rows + [Row(machine, line.name, params, samples_of_iteration(passages, count), taken_of(passages))]


def rows_of_boot(boot):
    """All rows of one boot, sorted."""
    lines, regions = boot.console.benches, boot.report.regions
    if len(lines) != len(regions) or not lines:
        raise Failure(Exit.BENCHMARK, f"{boot.machine.name}: {len(lines)} bench lines, but {len(regions)} measured regions")
    path = "fast" if boot.fast else "slow"
    rows = [row for line, region in zip(lines, regions) for row in rows_of_region(boot.machine.name, path, line, region)]
    names = [row.name for row in rows]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Failure(Exit.BENCHMARK, f"{boot.machine.name}: measured twice under one name: {', '.join(twice)}")
    return sorted(rows, key=lambda row: row.sort_key)


def steps_of_region(line, region, symbols):
    """Executions an iteration by symbol: {step or function: instructions}; symbols is sorted (address, name) pairs."""
    counts, place = {}, 0
    for pc in sorted(region.pcs):
        while place + 1 < len(symbols) and symbols[place + 1][0] <= pc:
            place += 1
        name = symbols[place][1]
        counts[name] = counts.get(name, 0) + region.pcs[pc]
    return {name: count / line.iterations for name, count in counts.items()}
