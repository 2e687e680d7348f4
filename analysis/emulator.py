# SPDX-License-Identifier: BSD-2-Clause
"""Boots a machine under QEMU and watches it: what dies or hangs ends with exit 75, its last output shown and kept."""
import contextlib
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from analysis import console, elf, paths, plugin
from analysis.failure import Exit, Failure

# One tick of the clock an instruction, and the same seed in every device tree: run after run the same.
ICOUNT = ["-icount", "shift=0,sleep=off", "-seed", "0"]
BENCH_WORDS = "kite.floors"                     # for the kernel: the floors check nothing, so only benchmarks may have them
SECONDS = 120                                   # of work (see Clock); a run takes a few; what takes this long hangs
IDLE = 0.02                                     # a process that used less of a processor than this waited for nothing
LAST_LINES = 25
LAST_WORD = re.compile(rb"^halt -?\d+\r*\n", re.M)
LAST_BYTES = 32                                 # longer than a last word
# Bit i of a passage's hits: it executed this.  A fast path that declines passes through its step "slow".
HITS = (*(f"{path}.commit" for path in paths.fastpaths()), "syscall_slow", *(f"{path}.slow" for path in paths.fastpaths()))


stopping = threading.Event()                    # set: every watched machine is to be stopped (pool.py)


@dataclass
class Boot:
    """One run of a machine, over; directory holds console.txt and, if it was measured, plugin.jsonl."""
    machine: object
    fast: bool
    console: console.Console
    text: str
    report: plugin.Report = None

    def counted(self):
        """Everything that must be the same the next time."""
        return self.console.benches, self.report.regions, self.report.longest


def qemu_version(machine):
    """The version of the QEMU that a machine's board file names."""
    try:
        line = subprocess.run([machine.command[0], "--version"], capture_output=True, text=True).stdout
    except OSError as error:
        raise Failure(Exit.MACHINE, f"{machine.name}: {error}") from None
    found = re.search(r"version ([\d.]+)", line)
    return found[1] if found else "unknown"


def run_directory(machine, what):
    paths.RUNS.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f"{machine.name}-{what}-", dir=paths.RUNS))


def show_last(text):
    return "\n".join("    | " + line for line in text.rstrip().splitlines()[-LAST_LINES:])


def stop(process):
    """Ends a process and what it started; asks first, for scripts clear their folders away and QEMU writes its report."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=2)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def processor_seconds(session):
    """The processor time that the living processes of a session have used, and their ended children."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):      # it may end while we look
            fields = stat.read_text().rpartition(")")[2].split()        # proc(5): state is field 3
            if int(fields[3]) == session:
                ticks += sum(map(int, fields[11:15]))                   # utime, stime, cutime, cstime
    return ticks / os.sysconf("SC_CLK_TCK")


class Clock:
    """How long a command has worked.  Where other programs have the processors, a machine that is slow for that reason
    must not count as hanging: while it computes, its processor time passes; while it does nothing, wall-clock time."""

    def __init__(self, process, period=1.0):
        self.process, self.period, self.worked = process, period, 0.0
        self.wall, self.processor = time.monotonic(), 0.0

    def seconds(self):
        wall = time.monotonic()
        if (passed := wall - self.wall) >= self.period:
            processor = processor_seconds(self.process.pid)
            used = max(0.0, processor - self.processor)
            self.worked += passed if used < IDLE * passed else min(used, passed)
            self.wall, self.processor = wall, processor
        return self.worked


def watch(command, directory, seconds, last_word=None):
    """Runs the command until it ends, prints its last word (bytes expression), or has worked so many seconds; returns
    (output, how it ended or None if as it should)."""
    output = bytearray()
    process = subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    clock = Clock(process, period=min(1.0, seconds / 2))
    try:
        while clock.seconds() < seconds and not stopping.is_set():
            if select.select([process.stdout], [], [], 0.2)[0]:
                chunk = os.read(process.stdout.fileno(), 1 << 16)
                if not chunk:
                    process.wait()
                    return output.decode(errors="replace"), None
                output += chunk
                if last_word and last_word.search(output, max(0, len(output) - len(chunk) - LAST_BYTES)):
                    return output.decode(errors="replace"), None
        why = "was stopped" if stopping.is_set() else f"still ran after {seconds} seconds"
        return output.decode(errors="replace"), why
    finally:
        stop(process)
        process.stdout.close()


def run(machine, command, directory, seconds=SECONDS):
    """Runs a boot command to its `halt` line; returns (text, Console).  Failure(75) keeps the directory."""
    try:
        text, ending = watch(command, directory, seconds, None if machine.powers_off else LAST_WORD)
    except OSError as error:
        raise Failure(Exit.MACHINE, f"{machine.name}: cannot start {command[0]}: {error}") from None
    (directory / "console.txt").write_text(text)
    if ending is None and "\nhalt " not in text.replace("\r", ""):
        ending = "ended without the kernel's last word"
    if ending:
        where = directory.relative_to(paths.ROOT)
        raise Failure(Exit.MACHINE, f"{show_last(text)}\n{machine.name}: it {ending}; its output is in {where}/console.txt")
    return text, console.parse(text)


def plugin_arguments(machine, preset, marker=None, begin=None):
    """The -plugin option for a built preset: where the marker, the first instruction of user code, and the addresses to
    be noticed are."""
    kernel = elf.Elf(paths.preset_directory(preset) / "kernel.elf").symbols()
    hits = ":".join(hex(kernel.get(name, 0)) for name in HITS)
    regions = (f",marker={marker:#x}" if marker else "") + (f",begin={begin:#x}" if begin else "")
    firmware = ",firmware={}-{}".format(*machine.firmware) if machine.firmware else ""
    return ["-plugin", f"file={paths.PLUGIN},out=plugin.jsonl,hit={hits}{regions}{firmware}"]


def marker_of(preset):
    """Where the benchmark program has its marker."""
    symbols = elf.Elf(paths.preset_directory(preset) / "bench.elf").symbols()
    if "bench_marker" not in symbols:
        raise Failure(Exit.BENCHMARK, f"{preset}: bench.elf has no symbol bench_marker")
    return symbols["bench_marker"]


def measure(machine, fast, command_line="", trace=None):
    """Boots the release build with the benchmark archive under the plugin; trace: (region, most instructions) that are
    written down one by one."""
    preset = machine.preset("release", fast)
    directory = run_directory(machine, "bench-" + ("fast" if fast else "slow"))
    words = f"{BENCH_WORDS} {command_line}".strip()
    command = machine.boot_command(preset, paths.preset_directory(preset) / "bench.cpio", words)
    arguments = plugin_arguments(machine, preset, marker_of(preset))
    if trace:
        arguments[-1] += ",trace={}-{}".format(*trace)
    text, parsed = run(machine, command + ICOUNT + arguments, directory)
    check_benchmarks_ended(machine, parsed, text)
    report = plugin.parse((directory / "plugin.jsonl").read_text())
    shutil.rmtree(directory)
    return Boot(machine, fast, parsed, text, report)


def check_benchmarks_ended(machine, parsed, text):
    """Failure(6) unless the benchmark program came to its end and was content."""
    if parsed.halt != 0 or parsed.done is None or parsed.done[1]:
        raise Failure(Exit.BENCHMARK,
                      f"{show_last(text)}\n{machine.name}: the benchmark program failed (halt {parsed.halt})")


def boot_and_report(machine, preset, archive, command_line, seconds=SECONDS):
    """The same as boot() under the plugin; returns (Console, Report)."""
    directory = run_directory(machine, Path(preset).name)
    command = machine.boot_command(preset, paths.preset_directory(preset) / archive, command_line)
    program = elf.Elf((paths.preset_directory(preset) / archive).with_suffix(".elf"))
    arguments = plugin_arguments(machine, preset, begin=program.entry)
    _, parsed = run(machine, command + ICOUNT + arguments, directory, seconds)
    report = plugin.parse((directory / "plugin.jsonl").read_text())
    shutil.rmtree(directory)
    return parsed, report


def boot_and_count(machine, preset, archive, command_line, seconds=SECONDS):
    """The same; returns (Console, how often each of HITS was executed)."""
    parsed, report = boot_and_report(machine, preset, archive, command_line, seconds)
    return parsed, dict(zip(HITS, report.hits))


def boot(machine, preset, archive, command_line="", seconds=SECONDS):
    """Boots a preset with an archive, without the plugin; the clock still ticks by instructions."""
    directory = run_directory(machine, Path(preset).name)
    path = paths.preset_directory(preset) / archive
    text, parsed = run(machine, machine.boot_command(preset, path, command_line) + ICOUNT * (machine.measures or machine.icount),
                       directory, seconds)
    shutil.rmtree(directory)
    return text, parsed
