# SPDX-License-Identifier: BSD-2-Clause
"""One boot of a board: reads the benchmark program's blocks until its last word, asks again for what is missing, and says
clearly what went wrong: silence, a reboot in the middle, another image than the one that was loaded."""
import time
from dataclasses import dataclass, field

from analysis import console
from analysis.board import wire
from analysis.failure import Exit, Failure

VERSION = 1                     # of the protocol: link.h
REPEAT = 2.0                    # seconds without a line after which the last word is said again
FRUITLESS = 40                  # requests for a block's lines in a row that bring none: the line is beyond help
BABBLE = 3                      # times as long as silence a board may say other things, as firmware does
LAST_LINES = 15
LOG_LINES = 2000


@dataclass(frozen=True)
class Series:
    """The samples of one case by one counter: each is what so many iterations took."""
    bench: str
    params: dict
    counter: str
    batch: int
    samples: tuple

    @property
    def values(self):
        return [sample / self.batch for sample in self.samples]


@dataclass
class Boot:
    """All that one boot said."""
    hello: dict
    series: list
    cases: int
    damaged: int                # lines that came in with a wrong sum, or without
    asked: int                  # requests for lines
    log: list = field(default_factory=list)


def fields(words):
    return dict(word.split("=", 1) for word in words)


def parse_series(payloads):
    """The Series of a block; Failure(6) if the program contradicts itself under a right sum."""
    try:
        words = payloads[0].split()
        parameters = fields(words[2:])
        counter, batch, count = parameters.pop("counter"), int(parameters.pop("batch")), int(parameters.pop("samples"))
        samples = tuple(int(number, 16) for line in payloads[1:] for number in line.split())
    except (ValueError, KeyError, IndexError) as error:
        raise Failure(Exit.BENCHMARK, f"the board said something that cannot be read, under a right sum: {payloads[0]}: {error}") from None
    if len(samples) != count or batch < 1:
        raise Failure(Exit.BENCHMARK, f"{words[1]}: the board announced {count} samples and sent {len(samples)}")
    params = {key: console.value_of(value) for key, value in parameters.items()}
    return Series(words[1], params, counter, batch, samples)


class Session:
    """Reads one boot from a port.  token is what the right image answers to."""

    def __init__(self, port, name, token, silence=30.0, clock=time.monotonic):
        self.port, self.name, self.token, self.silence, self.clock = port, name, token, silence, clock
        self.block, self.last = wire.Block(0), b""
        self.hello, self.series, self.cases = None, [], None
        self.damaged, self.asked, self.fruitless, self.log = 0, 0, 0, []
        self.heard_of_block = -1                # the greatest number under a right sum

    def fail(self, why, code=Exit.MACHINE):
        tail = "".join(f"    | {line}\n" for line in self.log[-LAST_LINES:])
        raise Failure(code, f"{tail}{self.name}: {why}")

    def send(self, message):
        self.last = message
        self.port.write(message)

    def ask(self, message):
        self.asked += 1
        self.fruitless += 1
        if self.fruitless > FRUITLESS:
            self.fail(f"the line damages nearly everything: {FRUITLESS} requests for lines brought none "
                      f"({self.damaged} damaged ones came); a lower speed, a shorter cable, a common ground?")
        self.send(message)

    # ---- what comes in ----

    def plain(self, text):
        """A line outside the protocol: the boot loader's, the kernel's; or the end."""
        self.log = [*self.log[-LOG_LINES:], text]
        if text.startswith("no input: "):
            self.fail(text)
        if console.HALT.match(text) or "kernel panic" in text.lower():
            self.fail(f"the benchmark program ended before it was through: {text}", Exit.BENCHMARK)

    def check_hello(self, hello):
        if hello.get("version") != str(VERSION):
            self.fail(f"it speaks version {hello.get('version')} of the protocol, this laboratory version {VERSION}")
        if hello.get("token") != self.token:
            self.fail(f"it runs another image than the one that was made for it (token {hello.get('token')}, not {self.token}): "
                      f"is the card or stick the right one, and written anew? see: kite board image {self.name}")
        self.hello = hello
        if not hello.get("counters"):
            self.fail("it has no counter that counts", Exit.BENCHMARK)

    def take(self, block):
        """A whole block."""
        payloads = block.payloads()
        word = payloads[0].split()[0] if payloads and payloads[0] else ""
        if word == "hello":
            self.check_hello(fields(payloads[0].split()[1:]))
        elif word == "case":
            self.series.append(parse_series(payloads))
        elif word == "done":
            self.cases = int(fields(payloads[0].split()[1:])["cases"])
            if not self.cases:
                self.fail("it found no case to measure: does the filter match any?", Exit.USAGE)
        else:
            self.fail(f"it sent a block that begins with '{word}'", Exit.BENCHMARK)

    def protocol(self, line):
        if line.block == 0 and self.heard_of_block > 0:
            self.fail("it began anew in the middle: it was reset, lost its power, or panicked")
        self.heard_of_block = max(self.heard_of_block, line.block)
        if line.kind == "what":
            self.port.write(self.last)
        elif line.block == self.block.number - 1 and line.kind == "end":
            self.send(wire.ok(line.block))              # it did not hear that we have it
        elif line.block == self.block.number:
            self.fruitless *= line.kind == "end"
            self.block.add(line)
            if line.kind == "end":
                self.end_of_block()

    def end_of_block(self):
        if not self.block.whole:
            self.ask(self.block.request())
            return
        self.take(self.block)
        self.send(wire.ok(self.block.number))
        self.block = wire.Block(self.block.number + 1)

    def received(self, text):
        """Whether it was a line of the protocol."""
        if line := wire.parse(text):
            self.protocol(line)
            return True
        if text.startswith("#"):
            self.damaged += 1
        else:
            self.plain(text)
        return False

    # ---- silence ----

    def nudge(self):
        """Nothing came for a while: whichever of the two last words was lost is said again."""
        if self.block.number:
            self.port.write(wire.ok(self.block.number - 1))
        if self.heard_of_block >= 0:
            self.ask(self.block.request())

    def silent(self):
        if not self.log and self.heard_of_block < 0:
            self.fail(f"silent for {self.silence:g} seconds: nothing came over {self.port.name}: is it powered, is this its port, is "
                      "the cable the right way round, is somebody else reading it?")
        if self.heard_of_block < 0:
            self.fail("it says something, but nothing that can be read as the benchmark program's: wrong image, wrong speed of the line, "
                      "or does its boot loader wait for somebody?")
        self.fail(f"silent for {self.silence:g} seconds, after {len(self.series)} series of samples")

    def run(self):
        """The whole boot."""
        heard = understood = nudged = self.clock()
        while self.cases is None:
            text = self.port.read_line(REPEAT / 4)
            now = self.clock()
            if text is not None:
                heard = nudged = now
                if text and self.received(text):
                    understood = now
            if now - understood >= BABBLE * self.silence:
                self.silent()
            elif text is not None:
                continue
            elif now - heard >= self.silence:
                self.silent()
            elif now - nudged >= REPEAT:
                nudged = now
                self.nudge()
        return Boot(self.hello, self.series, self.cases, self.damaged, self.asked, self.log)
