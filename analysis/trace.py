# SPDX-License-Identifier: BSD-2-Clause
"""`kite trace`: what a debug kernel did last, as a file that a viewer opens (Perfetto, chrome://tracing).

The kernel prints its trace ring when it halts (kernel/trace.h); here its lines become the JSON of the Trace Event Format
(Google, "Trace Event Format"): a complete event from each entry into the kernel to its leaving, on the entering thread's
row, and an instant for what happened between.  Times are in microseconds of the machine's clock.
"""
import json
import re
from dataclasses import dataclass

from analysis import build, deflist, emulator
from analysis.failure import Exit, Failure

EVENT = re.compile(r"trace-event (\d+) ([0-9a-f]+) (\w+) (\w+)=([0-9a-f]+) (\w+)=([0-9a-f]+)")
CLOCK = re.compile(r"trace-clock (\d+)")
WORDS = "kite.trace"
PROCESS = 1


@dataclass(frozen=True)
class Event:
    time: int                           # ticks of the clock
    thread: str                         # address of the current thread's object, in hex
    name: str
    words: dict                         # name: number


def parse(lines):
    """(ticks a second, events) of what a kernel printed; Failure(75) if there is none of it."""
    clock, events = 0, []
    for line in lines:
        if found := EVENT.fullmatch(line):
            words = {found[4]: int(found[5], 16), found[6]: int(found[7], 16)}
            words.pop("none", None)
            events.append(Event(int(found[1]), found[2], found[3], words))
        elif found := CLOCK.fullmatch(line):
            clock = int(found[1])
    if not clock or not events:
        raise Failure(Exit.MACHINE, "the kernel printed no trace: has it come to its end, and is it a debug build?")
    return clock, events


def described(event, names):
    """The words of an event as a reader wants them: names of system calls, errors and faults, the rest in hex."""
    words = {key: f"{value:#x}" for key, value in event.words.items()}
    if event.name == "syscall":
        words["call"] = names["syscall"].get(event.words["tag"] >> 9 & 0x7f, "unknown")
    elif event.name == "fault":
        words["kind"] = names["fault"].get(event.words["kind"], "unknown")
    elif event.name == "error":
        words["error"] = names["error"].get(event.words["error"], "unknown")
    return words


def title(event, words):
    return words.get("call") or (f"fault: {words['kind']}" if event.name == "fault" else
                                 words.get("error") if event.name == "error" else event.name)


def chrome(clock, events, names, entering):
    """The document of a viewer; entering: names of the events that `leave` closes."""
    microseconds = 1e6 / clock
    rows = {thread: row for row, thread in enumerate(dict.fromkeys(event.thread for event in events), 1)}
    out = [{"ph": "M", "name": "process_name", "pid": PROCESS, "args": {"name": "kernel"}}]
    out += [{"ph": "M", "name": "thread_name", "pid": PROCESS, "tid": row, "args": {"name": f"thread {thread}"}}
            for thread, row in rows.items()]
    opened = None
    for event in events:
        words = described(event, names)
        place = {"pid": PROCESS, "tid": rows[event.thread], "ts": event.time * microseconds, "args": words}
        if event.name in entering:
            opened = event, {**place, "ph": "X", "cat": event.name, "name": title(event, words)}
        elif event.name != "leave":
            out.append({**place, "ph": "i", "s": "t", "cat": event.name, "name": title(event, words)})
        elif opened:                                    # the ring may begin in the middle of a system call
            entry, slice_ = opened
            slice_["args"] = {**slice_["args"], **words}
            out.append({**slice_, "dur": (event.time - entry.time) * microseconds})
            opened = None
    return {"displayTimeUnit": "ns", "traceEvents": out}


def names_of_lists():
    """What numbers in a trace stand for."""
    return {"syscall": deflist.names("abi/syscall.def"), "error": deflist.names("abi/error.def"),
            "fault": deflist.names("abi/fault.def")}


def entering_events():
    """The trace points whose summary begins with "enter"."""
    return {row[1] for row in deflist.rows("kernel/trace.def") if row[4].startswith("enter")}


def record(machine, fast, archive, append, say):
    """Boots a debug kernel and returns the viewer's document, and how many events there are."""
    preset = machine.preset("debug", fast)
    build.build(preset, say=say)
    say(f"tracing {machine.name}")
    _, console = emulator.boot(machine, preset, f"{archive}.cpio", f"{WORDS} {append}".strip())
    clock, events = parse(console.lines)
    return json.dumps(chrome(clock, events, names_of_lists(), entering_events())), len(events)
