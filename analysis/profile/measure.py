# SPDX-License-Identifier: BSD-2-Clause
"""One iteration of a benchmark, instruction by instruction: the last one of its region, as the plugin saw it.

An instruction knows its fast-path step or function, the stack of functions that it was called through, where it stands
in the source, and what of memory it was the first of its passage to touch.  So whatever is summed over these, by step,
function, line or stack, adds up to the row that `kite bench` prints."""
import bisect
import re
from dataclasses import dataclass, field

from analysis import benchmarks, console, disassembly, elf, emulator, metrics, paths, sources
from analysis.failure import Exit, Failure

INSTRUCTIONS_MAX = 1 << 17                      # of an iteration; what has more cannot be profiled
METRICS = ("instructions", "loads", "stores", "data_lines", "code_lines", "branches", "taken")


@dataclass
class Instruction:
    part: str                   # which passage of the iteration: its benchmark's name
    passage: int
    stamp: int
    pc: int
    symbol: str                 # fast-path step or function
    stack: tuple                # from the passage inwards, the symbol and what was inlined there included
    place: str                  # FILE:LINE, or ""
    text: str                   # as disassembled
    loads: int
    stores: int
    data_lines: int
    code_lines: int
    branches: int               # 1 if it can go elsewhere
    taken: int                  # 1 if it did
    instructions: int = 1


@dataclass
class Profile:
    machine: str
    arch: str
    bench: str
    params: dict
    instructions: list = field(repr=False)
    same: bool = True           # whether every iteration had as many instructions
    version: str = ""           # commit, or how the side is called
    lines: tuple = ((), ())     # addresses of the data lines and of the code lines that it touched

    @property
    def name(self):
        return metrics.row_name(self.bench, self.params)

    def total(self, metric):
        return sum(getattr(one, metric) for one in self.instructions)


def wanted_words(text):
    """('ipc/call', {'words': 0}) of 'ipc/call words=0'; exit 2 for a benchmark or a word that cannot be."""
    bench, *words = text.split() or [""]
    known = benchmarks.all_benchmarks()
    if bench not in known:
        raise Failure(Exit.USAGE, f"there is no benchmark '{bench}'; there are: {', '.join(known)}")
    if odd := [word for word in words if not re.fullmatch(r"\w+=\S+", word)]:
        raise Failure(Exit.USAGE, f"'{odd[0]}' is no parameter; a row is called, for example, 'ipc/call words=0 space=other'")
    return bench, {key: console.value_of(value) for key, _, value in (word.partition("=") for word in words)}


def matching(benches, bench, params):
    """The console lines of the cases that have such a row, in the order of their rows."""
    found = [line for line in benches if bench == line.name or bench in line.names]
    fits = [line for line in found if all(line.params.get(key) == value for key, value in params.items())]
    if found and not fits:
        there = "\n  ".join(dict.fromkeys(metrics.row_name(bench, line.params) for line in found))
        raise Failure(Exit.USAGE, f"no row of {bench} has these parameters; there are:\n  {there}")
    return sorted(fits, key=lambda line: metrics.sort_key(bench, line.params))


def choose(machine, fast, bench, params, version):
    """(guest's filter, index of the region, console line) of the row that is meant: the first that fits."""
    _, listed = emulator.boot(machine, machine.preset("release", fast), "bench.cpio", emulator.BENCH_WORDS)
    lines = matching(listed.benches, bench, params)
    if not lines:
        raise Failure(Exit.BENCHMARK, f"{machine.name}: the benchmark program of {version} has no case of {bench}")
    same = [line for line in listed.benches if lines[0].name in line.name]
    return lines[0].name, same.index(lines[0]), lines[0]


def frame_of(symbol):
    """A step lies within its path: the frames of call.entry are call and call.entry."""
    return (symbol.split(".")[0], symbol) if "." in symbol else (symbol,)


def next_stack(stack, before, text, symbol):
    """The stack of symbols once the next instruction is of this symbol; text is the one executed before, None at first."""
    if text is None:
        return [symbol]
    if disassembly.CALL.match(text) and symbol != before:
        return [*stack, symbol]
    if symbol == before:
        return stack
    if disassembly.RETURN.match(text) and symbol in stack:
        return stack[:len(stack) - stack[::-1].index(symbol)]
    return [*stack[:-1], symbol]                # it jumped, or fell through to the next label


class Kernel:
    """What is known of a kernel's addresses."""

    def __init__(self, directory, pcs):
        self.text = disassembly.read(directory / "kernel.asm")
        self.next = disassembly.followers(self.text)
        self.symbols = elf.Elf(directory / "kernel.elf").kernel_places()
        self.starts = [address for address, _ in self.symbols]
        self.frames = sources.frames_of(directory / "kernel.elf", sorted(set(pcs)))

    def symbol(self, pc):
        return self.symbols[max(0, bisect.bisect_right(self.starts, pc) - 1)][1]


def instructions_of(trace, parts, count, kernel):
    """The Instructions of traced ones, all of one iteration."""
    found, stack, before = [], [], None
    for one, after in zip(trace, [*trace[1:], None]):
        symbol, text = kernel.symbol(one.pc), kernel.text.get(one.pc, "?")
        begins = before is None or before.passage != one.passage
        last = None if begins else kernel.text.get(before.pc, "?")
        stack = next_stack(stack, None if begins else kernel.symbol(before.pc), last, symbol)
        inlined = [name for name, _ in kernel.frames.get(one.pc, [])[:-1]][::-1]
        names = [frame for symbol in stack for frame in frame_of(symbol)] + inlined
        place = kernel.frames.get(one.pc, [("", "")])[0][1]
        branches = int(disassembly.is_branch(text))
        taken = int(branches and (after is None or after.passage != one.passage or after.pc != kernel.next.get(one.pc)))
        part = parts[one.passage % count]
        found.append(Instruction(part, one.passage % count, one.stamp, one.pc, symbol, (part, *names), place, text,
                                 one.loads, one.stores, one.data_lines, one.code_lines, branches, taken))
        before = one
    return found


def last_iteration(region, line, bench):
    """The traced instructions of the last iteration, of the passage alone that the row is about if it is about one."""
    first = len(region.passages) - line.passages
    trace = [one for one in region.trace if one.passage >= first]
    if not trace or len(trace) != sum(passage.kernel_instructions for passage in region.passages[first:]):
        raise Failure(Exit.BENCHMARK, f"{bench}: an iteration has more than {INSTRUCTIONS_MAX} kernel instructions")
    if bench != line.name:
        trace = [one for one in trace if one.passage == first + line.names.index(bench)]
    return trace


def touched(region, line, bench):
    """(data lines, code lines) of what last_iteration() takes; of more than two passages, of the last two."""
    passages = list(region.lines[-line.passages:])
    if bench != line.name:
        passages = passages[line.names.index(bench) - line.passages:][:1]
    return tuple(tuple(address for passage in passages for address in passage[kind]) for kind in (0, 1))


def profile(machine, fast, wanted, version=""):
    """Boots a built machine and profiles the row that is wanted (wanted_words)."""
    bench, params = wanted
    words, index, line = choose(machine, fast, bench, params, version)
    boot = emulator.measure(machine, fast, f"filter={words}", (index, INSTRUCTIONS_MAX))
    region = boot.report.regions[index]
    row = next(row for row in metrics.rows_of_region(machine.name, "fast" if fast else "slow", line, region) if row.bench == bench)
    trace = last_iteration(region, line, bench)
    directory = paths.preset_directory(machine.preset("release", fast))
    parts = line.names or [f"passage {i + 1}" for i in range(line.passages)] if line.passages > 1 else [line.name]
    instructions = instructions_of(trace, parts, line.passages, Kernel(directory, (one.pc for one in trace)))
    samples = row.samples["kernel_instructions"]
    return Profile(machine.name, machine.arch, bench, row.params, instructions, min(samples) == max(samples), version,
                   touched(region, line, bench))
