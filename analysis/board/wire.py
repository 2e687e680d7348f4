# SPDX-License-Identifier: BSD-2-Clause
"""The lines between the benchmark program and the laboratory, as bench/guest/link.c has them:

    #<block> <line> <payload> ~<crc>        from the board; numbers are hexadecimal, the CRC-32 is over all before " ~"
    #<block> end <lines> ~<crc>             a block is over, and had so many lines
    #<block> what 0 ~<crc>                  what was said last came in damaged
    !<block> ok ~<crc>                      to the board: all of the block is here
    !<block> again [<line>...] ~<crc>       these lines are not; without numbers: none is
"""
import re
import zlib
from dataclasses import dataclass

LINE = re.compile(r"#([0-9a-f]{1,6}) (end|what|[0-9a-f]{1,4})(?: (.*))?$")
LINES_ASKED = 12                # at most in one request: the board's console holds 256 characters


def crc(text):
    return f"{zlib.crc32(text.encode()):08x}"


def sealed(text):
    """A line with its sum, as bytes that can be sent."""
    return f"{text} ~{crc(text)}\n".encode()


def ok(block):
    return sealed(f"!{block:x} ok")


def again(block, lines=()):
    """A request for lines, or for the whole block."""
    return sealed(" ".join([f"!{block:x} again", *(f"{line:x}" for line in sorted(lines)[:LINES_ASKED])]))


@dataclass(frozen=True)
class Line:
    block: int
    kind: str                   # "line", "end" or "what"
    number: int                 # of the line, or how many lines the block had
    payload: str = ""


def opened(text):
    """The text under a right sum; None if the sum is wrong or missing."""
    body, found, digits = text.rpartition(" ~")
    return body if found and digits == crc(body) else None


def parse(text):
    """The Line of a received text; None if it is damaged."""
    body = opened(text)
    found = LINE.match(body) if body else None
    if not found:
        return None
    block, number, payload = int(found[1], 16), found[2], found[3] or ""
    if number in ("end", "what"):
        return Line(block, number, int(payload, 16)) if re.fullmatch(r"[0-9a-f]{1,4}", payload) else None
    return Line(block, "line", int(number, 16), payload)


class Block:
    """What has come of one block so far."""

    def __init__(self, number):
        self.number, self.lines, self.count = number, {}, None

    def add(self, line):
        if line.kind == "end":
            self.count = line.number
        else:
            self.lines[line.number] = line.payload

    @property
    def missing(self):
        return [number for number in range(self.count or 0) if number not in self.lines]

    @property
    def whole(self):
        return self.count is not None and not self.missing

    def request(self):
        """What to ask for: what is missing, or everything if that is most of it."""
        missing = self.missing
        return again(self.number, missing if self.count and len(missing) < self.count else ())

    def payloads(self):
        return [self.lines[number] for number in range(self.count)]
