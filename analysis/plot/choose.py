# SPDX-License-Identifier: BSD-2-Clause
"""What a picture is drawn of: records, and of these the lines that the options want."""
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from analysis import machines, metrics, paths, record
from analysis.failure import Exit, Failure

FEW = 12                        # curves or bars: more cannot be told apart
MANY_NAMES = 3                  # records that are named in a line


@dataclass
class Record:
    path: Path
    lines: list

    @property
    def mark(self):
        """The first fingerprint: a record is of one tree, so that its commit is that of all of them."""
        return next((line for line in self.lines if line["type"] == "fingerprint"), {})

    @property
    def label(self):
        """The commit in short, and whether it was changed."""
        commit = self.mark.get("commit", "?")[:8]
        return commit + ("*" if self.mark.get("dirty") else "")


def find(name):
    """The path of a record: a file, a name, or the newest whose name has this in it, such as a commit."""
    for path in (Path(name), paths.RECORDS / name):
        if path.is_file():
            return path
    if found := [path for path in record.all_records() if name and name in path.name]:
        return found[-1]
    raise Failure(Exit.INCOMPARABLE, f"there is no record '{name}'; kite list records shows what there is")


def records(options, everything=False):
    """The records that are named; if none is, the newest, or everything there is, oldest first."""
    chosen = [find(name) for name in options.records] or record.all_records()[0 if everything else -1:]
    if not chosen:
        raise Failure(Exit.INCOMPARABLE, "there is no record yet; kite bench makes one")
    return [Record(path, together(record.read(path))) for path in chosen]


def unknown_machines(options):
    """Those machines that neither this computer nor the record knows: a board of somebody else's is in its record alone."""
    unknown = [name for name in options.machines if name not in machines.all_machines()]
    try:
        there = {line.get("machine") for one in records(options) for line in one.lines} if unknown else set()
    except Failure:
        there = set()
    return [name for name in unknown if name not in there]


def together(lines):
    """The lines with the samples of all boots of a row in one: a board's row is one curve."""
    rows, out = {}, []
    for line in lines:
        if line["type"] != "samples" or "boot" not in line:
            out.append(line)
            continue
        key = line["fingerprint"], metrics.row_name(line["bench"], line["params"])
        if key not in rows:
            rows[key] = {**line, "samples": {}}
            out.append(rows[key])
        for metric, values in line["samples"].items():
            rows[key]["samples"].setdefault(metric, []).extend(values)
    return out


def shown(chosen):
    names = [one.path.name for one in chosen]
    return names if len(names) <= MANY_NAMES else [names[0], f"{len(names) - 2} more", names[-1]]


def matching(lines, options, default):
    """The lines whose row the options want."""
    expression = options.filter or default
    try:
        return [line for line in lines if re.search(expression, metrics.row_name(line["bench"], line["params"]))
                and (not options.machines or line["machine"] in options.machines)]
    except re.error as error:
        raise Failure(Exit.USAGE, f"--filter '{options.filter}' is no regular expression: {error}") from None


def no_rows(lines):
    there = dict.fromkeys(f"{line['machine']} {metrics.row_name(line['bench'], line['params'])}" for line in lines)
    return Failure(Exit.USAGE, "the record has no such rows; it has:\n  " + "\n  ".join(there))


def lines_of(chosen, kind, options, default):
    """[(record, line)] of one type of line, at most FEW; exit 2 and what there is if the options want none."""
    every = [line for one in chosen for line in one.lines if line["type"] == kind]
    wanted = [(one, line) for one in chosen
              for line in matching([line for line in one.lines if line["type"] == kind], options, default)]
    if not wanted:
        raise no_rows(every)
    if len(wanted) > FEW:
        print(f"kite: {len(wanted)} rows match, the first {FEW} are drawn; --filter chooses others", file=sys.stderr)
    return wanted[:FEW]


def short(line):
    """What tells one row of a machine from another."""
    words = metrics.row_name("", line["params"]).strip()
    return f"{line['machine'].removeprefix('qemu-')} {words}".rstrip()


def labels(wanted):
    """A name for each curve: the row, the benchmark if they differ, the record if there are several."""
    several = len({id(one) for one, _ in wanted}) > 1
    mixed = len({line["bench"] for _, line in wanted}) > 1
    return [" ".join(filter(None, (one.label if several else "", line["bench"] if mixed else "", short(line))))
            for one, line in wanted]


def benchmark_of(wanted):
    names = {line["bench"] for _, line in wanted}
    return names.pop() if len(names) == 1 else "benchmarks"


def machine_words(mark):
    """How the numbers of a fingerprint were made, in a few words."""
    if mark.get("board", {}).get("stand_in"):
        return f"{mark['board']['stand_in']}, standing in for {mark['machine']}"
    return f"QEMU {mark['qemu']}" if mark.get("qemu") else mark.get("machine", "unknown machine")


def title(chosen):
    if len(chosen) > 1:
        return f"Kite {chosen[0].label} to {chosen[-1].label}, {len(chosen)} records"
    mark = chosen[0].mark
    changed = " with changes" if mark.get("dirty") else ""
    return f"Kite {mark.get('commit', '?')[:12]}{changed}, {machine_words(mark)}, {mark.get('compiler', '?')}"
