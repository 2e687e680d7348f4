# SPDX-License-Identifier: BSD-2-Clause
"""Boots a board again and again, one kernel after the other, and keeps every sample as soon as it is there: in a journal
under build/boards/, which --resume goes on with, and in the end in records."""
import dataclasses
import json
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass

from analysis import machines, paths, record, statistics
from analysis.board import control, session
from analysis.failure import Exit, Failure

BOOTS = 8                       # of each kernel, if nobody asks for another number
TRIES = 2                       # of a boot; a board that fails twice running needs a person
UNITS = {"cycles": "cycles", "retired_instructions": "instructions", "ticks": "ticks", "event": "events", "model_cycles": "host ticks",
         "model_instructions": "host ticks"}
# QEMU has no cycles, and without icount no instructions: what its models show instead is the host's time.
IN_MODELS = {"cycles": "model_cycles", "retired_instructions": "model_instructions"}


@dataclass
class Part:
    """One kernel on the board: whose numbers are to be had."""
    side: str                   # "A", "B", or "fast" and "slow"
    mark: dict                  # the fingerprint
    image: control.Image
    path: str                   # fast or slow


def fingerprint(board, fast, version, stand_in):
    """What the numbers of a board's boots depend on, as a record's line."""
    line = record.of_build(board, fast, version)
    about = {"samples": board.counters.samples, "batch": board.counters.batch, "words": board.counters.words, "event": board.counters.event,
             "firmware": board.firmware or "unknown", "stand_in": stand_in_words(board) if stand_in else ""}
    return record.with_identity({**line, "board": about})


def stand_in_words(board):
    from analysis import emulator
    if machines.all_machines()[board.model].serial:
        return board.model
    qemu = dataclasses.replace(machines.all_machines()[board.model], command=(f"qemu-system-{board.arch}",))
    return f"{board.model}, QEMU {emulator.qemu_version(qemu)}, {'KVM' if board.accel == 'kvm' else 'TCG'} without icount"


def part_of(side, board, fast, version, stand_in, pattern=""):
    mark = fingerprint(board, fast, version, stand_in)
    token = record.sha256(mark["loaded_sha256"].encode(), board.words("").encode())[:16]
    directory = board.directory(fast)
    image = control.Image(directory / board.image, directory / "bench.cpio", board.words(token, pattern), token)
    return Part(side, mark, image, "fast" if fast else "slow")


# ---- the journal ----

class Journal:
    """The boots of a campaign, a line each; its name says what was to be measured."""

    def __init__(self, board, parts, resume):
        about = [[board.name], *sorted([part.side, part.image.command_line, part.mark["board"]] for part in parts)]
        self.path = paths.BUILD / "boards" / f"{board.name}-{record.sha256(json.dumps(about).encode())[:12]}.jsonl"
        self.boots, self.finished = [], False
        if resume:
            self.read()
        elif self.path.exists():
            self.path.replace(self.path.with_suffix(".earlier"))

    def read(self):
        """What is whole of an earlier campaign; a line that was cut short by a full disk was never measured."""
        try:
            text = self.path.read_text()
        except FileNotFoundError:
            return
        for line in text.splitlines():
            try:
                self.boots.append(json.loads(line))
            except ValueError:
                break
        record.write_whole(self.path, "".join(json.dumps(boot) + "\n" for boot in self.boots))

    def of(self, side):
        return [boot for boot in self.boots if boot["side"] == side]

    def add(self, boot):
        self.boots.append(boot)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(self.path, "a") as file:
                file.write(json.dumps(boot) + "\n")
                file.flush()
        except OSError as error:
            raise Failure(Exit.ERROR, f"cannot keep a boot in {paths.shown(self.path)}: {error.strerror}; "
                                      f"the {len(self.boots) - 1} before it are kept") from None


def boot_line(part, boot, names):
    """A boot as the journal has it; names: what counters are called, where not as the board calls them."""
    series = [{"bench": one.bench, "params": {**one.params, "path": part.path}, "metric": names.get(one.counter, one.counter),
               "batch": one.batch, "samples": list(one.samples)} for one in boot.series]
    return {"side": part.side, "time": int(time.time()), "hello": boot.hello, "cases": boot.cases, "damaged": boot.damaged,
            "asked": boot.asked, "series": series}


# ---- booting ----

class Campaign:
    def __init__(self, board, parts, starter, say, resume=False):
        self.board, self.starter, self.say = board, starter, say
        self.parts = {part.side: part for part in parts}
        self.journal = Journal(board, parts, resume)
        self.replayed = {side: 0 for side in self.parts}
        self.total = len(self.journal.boots)
        self.goal, self.made, self.begun = 0, 0, time.monotonic()
        if self.total:
            say(f"{self.total} boots are there already, in {paths.shown(self.journal.path)}")

    def check(self, boot):
        """Failure(6) if a counter is missing that the board should have, or its clock is another's."""
        there, stand_in = boot.hello["counters"].split(","), self.starter.stand_in
        counters = self.board.counters.in_model if stand_in else self.board.counters.there
        if missing := [name for name in counters if name not in there]:
            raise Failure(Exit.BENCHMARK, f"{self.board.name}: has no counter {' or '.join(missing)}, which {self.board.where} says "
                                          f"it has; it has {', '.join(there)}")
        hz = self.board.clock.ticks_hz
        if hz and not stand_in and int(boot.hello["hz"]) != hz:
            raise Failure(Exit.BENCHMARK, f"{self.board.name}: its clock ticks {boot.hello['hz']} times a second, and not {hz} as "
                                          f"{self.board.where} says: another board?")

    def once(self, part):
        self.starter.start(part.image)
        return session.Session(self.starter.open(), self.board.name, part.image.token, self.board.console.silence).run()

    def kept(self):
        count = len(self.journal.boots)
        if not count:
            return "nothing was measured yet"
        return f"{count} boots are kept in {paths.shown(self.journal.path)}; --resume goes on with them"

    @contextmanager
    def interruptible(self):
        """An interruption, in the middle of a boot or between two, says what is kept."""
        try:
            yield
        except KeyboardInterrupt:
            raise Failure(Exit.INTERRUPTED, f"interrupted; {self.kept()}") from None

    def measure_once(self, side):
        """One boot that is not kept."""
        boot = self.once(self.parts[side])
        self.check(boot)
        return boot

    def boot(self, side):
        """One boot of a side: a line of the journal."""
        part = self.parts[side]
        for left in reversed(range(TRIES)):
            try:
                boot = self.once(part)
                self.check(boot)
                break
            except Failure as failure:
                if failure.code != Exit.MACHINE or not left or "another image" in str(failure):
                    raise Failure(failure.code, f"{failure}\n{self.kept()}") from None
                self.say(f"{failure}; once more")
        line = boot_line(part, boot, IN_MODELS if self.starter.emulates else {})
        self.journal.add(line)
        self.total += 1
        self.made += 1
        self.say(f"{self.board.name}: boot {self.total}{self.left()}, {side}: {len(boot.series)} series"
                 + (f"; {boot.damaged} damaged lines, {boot.asked} requests" if boot.damaged or boot.asked else ""))
        return line

    def left(self):
        """How many boots there will be, and how long they will take; nothing where the numbers will decide that."""
        if not self.goal:
            return ""
        seconds = (time.monotonic() - self.begun) / self.made * (self.goal - self.total)
        return f" of {self.goal}, {seconds:.0f} s left" if seconds >= 1 else f" of {self.goal}"

    def measure(self, side):
        """{(row, metric): iterations} of the next boot of a side: one that is kept already, or a new one."""
        kept = self.journal.of(side)
        line = kept[self.replayed[side]] if self.replayed[side] < len(kept) else self.boot(side)
        self.replayed[side] += 1
        return values_of(line)

    def run(self, boots):
        """So many boots of every part, in an order that a drift of the board does not favour."""
        sides = list(self.parts)
        self.goal = boots * len(sides)
        for turn, (first, _) in enumerate(statistics.orders(boots)):
            for side in sides if first == "A" else reversed(sides):
                if len(self.journal.of(side)) <= turn:
                    self.boot(side)
        self.starter.off()

    def decide(self, pattern=""):
        """Pairs of boots until every row that matches has a verdict, or the limit is reached."""
        from analysis.board import judge

        def measure(side):
            rows = judge.judged(self.measure(side))
            return {key: values for key, values in rows.items() if re.search(pattern, key[0])}

        statistics.measure_until_decided(measure, judge.spread_of)
        self.starter.off()

    # ---- the record ----

    def lines(self, side):
        """The lines of a side's record."""
        part, boots = self.parts[side], self.journal.of(side)
        return [part.mark, *lines_of(self.board.name, part.mark["id"], boots)]


def key_of(series):
    from analysis import metrics
    return metrics.row_name(series["bench"], series["params"]), series["metric"]


def values_of(line):
    """{(row, metric): what each iteration took} of a boot."""
    return {key_of(series): [sample / series["batch"] for sample in series["samples"]] for series in line["series"]}


def lines_of(name, identity, boots):
    """A result for each row and metric: the median over boots of each boot's median; then the samples of each boot."""
    rows = {}
    for number, boot in enumerate(boots):
        for series in boot["series"]:
            rows.setdefault(key_of(series), []).append((number, series))
    for (_, metric), found in rows.items():
        first = found[0][1]
        about = {"machine": name, "bench": first["bench"], "params": first["params"]}
        values = [[sample / series["batch"] for sample in series["samples"]] for _, series in found]
        yield {"type": "result", **about, "metric": metric, "unit": UNITS[metric], "kind": "measured", **summary(values),
               "boots": len(found), "fingerprint": identity}
        for (number, series), mine in zip(found, values):
            yield {"type": "samples", **about, "boot": number, "batch": series["batch"], "samples": {metric: mine},
                   "fingerprint": identity}


def summary(boots):
    """What a row is reduced to: `value` is the median over boots of the boots' medians, `p99` of their 99th percentiles,
    `spread` the relative spread of the medians between boots."""
    import numpy
    middle, tail = ([statistics.reduce(boot, quantile) for boot in boots] for quantile in (0.5, 0.99))
    return {"value": float(numpy.median(middle)), "p99": float(numpy.median(tail)), "minimum": min(map(min, boots)),
            "maximum": max(map(max, boots)), "spread": round(statistics.spread(boots), 6)}
