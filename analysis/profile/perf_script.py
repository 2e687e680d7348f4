# SPDX-License-Identifier: BSD-2-Clause
"""The text that `perf script` prints, written and read: a sample is a header, then its call chain, innermost first,

    COMM PID [CPU] SECONDS.MICROSECONDS: PERIOD EVENT:
            ADDRESS SYMBOL+OFFSET (FILE)

Flame graph tools, Firefox's profiler and speedscope read it.  Each traced instruction is a sample of period 1; the
seconds are instructions, one as a microsecond, for QEMU has no other clock.  Read are samples of the host's perf."""
import re

HEADER = re.compile(r"^(?P<comm>\S.*?)\s+(?P<pid>\d+)(?:/\d+)?\s+(?:\[\d+\]\s+)?(?P<time>\d+\.\d+):\s+(?:(?P<period>\d+)\s+)?(?P<event>\S+?):\s*$")
FRAME = re.compile(r"^\s+(?P<address>[0-9a-f]+)\s+(?P<symbol>.+?)(?:\+0x[0-9a-f]+)?\s+\((?P<file>[^()]*)\)$")


def sample(profile, one, start):
    """The lines of one instruction."""
    seconds, micro = divmod(one.stamp - start, 1_000_000)
    frames = [*reversed(one.stack), profile.name.split(" ")[0]]
    comm = profile.machine.replace(" ", "_")
    yield f"{comm} 1 [000] {seconds}.{micro:06}: 1 instructions:"
    for frame in dict.fromkeys(frames):
        yield f"\t{one.pc:16x} {frame.replace(' ', '_')} (kernel.elf)"
    yield ""


def text(profiles):
    return "\n".join(line for profile in profiles for one in profile.instructions
                     for line in sample(profile, one, profile.instructions[0].stamp))


def read(lines):
    """[(comm, event, period, (frames, outermost first))] of the samples; what is no sample is left out."""
    samples, current = [], None
    for line in [*lines, ""]:
        if not line.strip():
            if current:
                samples.append((current["comm"], current["event"], int(current["period"] or 1), tuple(current["frames"][::-1])))
            current = None
        elif found := HEADER.match(line):
            current = {**found.groupdict(), "frames": []}
        elif current and (found := FRAME.match(line)):
            current["frames"].append(found["symbol"])
    return samples
