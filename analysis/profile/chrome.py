# SPDX-License-Identifier: BSD-2-Clause
"""An iteration as a timeline: the Chrome trace format, which Perfetto (ui.perfetto.dev) and chrome://tracing show.

A machine is a process.  Its time is instructions: one is one microsecond of the viewer, for QEMU has no other clock.
Complete events nest: the passage, the path or function, the step, what was inlined.  Counters show loads, stores and lines
as they add up within a passage."""
import json

COUNTERS = ("loads", "stores", "data_lines", "code_lines")


def intervals(instructions, start):
    """(frame, begin, end, depth) of each stretch of instructions that share a frame, outermost first."""
    open_frames = []                            # (frame, begin)
    end = 0
    for one in instructions:
        at = one.stamp - start
        begins = open_frames and open_frames[0][2] != one.passage
        shared = 0
        while not begins and shared < min(len(open_frames), len(one.stack)) and open_frames[shared][0] == one.stack[shared]:
            shared += 1
        while len(open_frames) > shared:
            frame, begin, _ = open_frames.pop()
            yield frame, begin, end, len(open_frames)
        open_frames += [(frame, at, one.passage) for frame in one.stack[shared:]]
        end = at + 1
    while open_frames:
        frame, begin, _ = open_frames.pop()
        yield frame, begin, end, len(open_frames)


def events_of(profile, process):
    """The events of one machine."""
    start = profile.instructions[0].stamp
    common = {"pid": process, "tid": 1}
    yield {"ph": "M", "name": "process_name", **common, "args": {"name": profile.machine}}
    yield {"ph": "M", "name": "thread_name", **common, "args": {"name": profile.name}}
    found = sorted(intervals(profile.instructions, start), key=lambda one: (one[1], one[3]))
    for frame, begin, end, depth in found:
        yield {"ph": "X", "name": frame, "cat": "passage" if depth == 0 else "kernel", "ts": begin, "dur": end - begin, **common}
    sums, passage = dict.fromkeys(COUNTERS, 0), None
    for one in profile.instructions:
        if one.passage != passage:
            sums, passage = dict.fromkeys(COUNTERS, 0), one.passage
        if any(getattr(one, name) for name in COUNTERS):
            sums = {name: sums[name] + getattr(one, name) for name in COUNTERS}
            yield {"ph": "C", "name": "memory", "ts": one.stamp - start, **common, "args": sums}


def text(profiles):
    events = [event for process, profile in enumerate(profiles, 1) for event in events_of(profile, process)]
    about = {"unit": "instructions; one is shown as one microsecond", "version": profiles[0].version,
             "row": profiles[0].name}
    return json.dumps({"traceEvents": events, "displayTimeUnit": "ns", "otherData": about})
