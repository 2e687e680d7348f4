# SPDX-License-Identifier: BSD-2-Clause
"""Reads what bench/plugin wrote: JSON lines, a header, one object a region, and an end that says nothing was cut off."""
import json
from dataclasses import dataclass
from typing import NamedTuple

from analysis.failure import Exit, Failure

VERSION = 1


@dataclass(frozen=True)
class Passage:
    stamp: int                  # instructions executed before its first
    kernel_instructions: int
    firmware_instructions: int
    loads: int
    stores: int
    data_lines: int
    code_lines: int
    data_lines_pair: int        # distinct in this passage and the one before it together
    code_lines_pair: int
    hits: int


class Traced(NamedTuple):
    """One kernel instruction that was executed; its lines are those that no earlier one of its passage had touched."""
    passage: int                # its index in the region
    stamp: int                  # instructions executed before it
    pc: int
    loads: int
    stores: int
    data_lines: int
    code_lines: int


@dataclass(frozen=True)
class Region:
    begin: int
    end: int
    passages: list
    pcs: dict                   # kernel address -> executions
    trace: tuple = ()           # of Traced, the region's last ones, if it was to be traced
    lines: tuple = ()           # and then of its last two passages: (addresses of data lines, of code lines)


@dataclass(frozen=True)
class Report:
    regions: list
    longest: int                # kernel instructions of the longest passage once the first region, or user code, has begun
    hits: tuple                 # how often each address of emulator.HITS was executed, in the whole run
    longest_pcs: tuple = ()     # every 32nd kernel address of that passage


def parse(text):
    """The plugin's output as a Report; Failure(75) if it was cut off, for then QEMU died."""
    try:
        header, *regions, end = [json.loads(line) for line in text.splitlines()]
        if header.get("plugin") != "kite" or header.get("version") != VERSION or end.get("end") is not True:
            raise ValueError("no header or no end")
        fields = header["fields"]
        parsed = [Region(region["begin"], region["end"],
                         [Passage(**dict(zip(fields, numbers, strict=True))) for numbers in region["passages"]],
                         {int(pc, 16): count for pc, count in region["pcs"]},
                         tuple(Traced(passage, stamp, int(pc, 16), *numbers)
                               for passage, stamp, pc, *numbers in region.get("trace", ())),
                         tuple(tuple(tuple(int(line, 16) for line in lines) for lines in passage)
                               for passage in region.get("lines", ()))) for region in regions]
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(Exit.MACHINE, f"the plugin's output is incomplete ({error}); QEMU died early") from None
    if end["open"]:
        raise Failure(Exit.BENCHMARK, "the guest began to measure and never ended")
    return Report(parsed, end["longest"], tuple(end["hits"]),
                  tuple(int(pc, 16) for pc in end.get("longest_pcs", ())))
