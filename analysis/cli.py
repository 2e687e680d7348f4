# SPDX-License-Identifier: BSD-2-Clause
"""The subcommands: what they take, what they print, how they end.  Data goes to standard output, progress to standard
error; exit codes are in failure.py."""
import json
import os
import signal
import sys
import threading
import time

import click

from analysis import benchmarks, build, machines, paths, record
from analysis.failure import Exit, Failure

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 120}


class Progress:
    """Lines on standard error, with the seconds since the start; nothing if quiet."""

    def __init__(self, quiet=False):
        self.quiet, self.start, self.lock = quiet, time.monotonic(), threading.Lock()

    def __call__(self, text):
        if self.quiet:
            return
        with self.lock:
            click.echo(f"[{time.monotonic() - self.start:5.1f} s] {text}", err=True)


@click.group(context_settings=CONTEXT)
def kite():
    """Kite's laboratory: measures the microkernel on its machines, checks it, and draws what was measured.

    \b
    Exit codes: 0 same or better, 1 error, 2 usage, 3 regression, 4 nondeterministic or inconclusive,
    5 nothing comparable, 6 a benchmark failed, 75 the machine failed, 130 interrupted.
    """


@kite.command(context_settings=CONTEXT)
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME", help="Only this machine; may be repeated.")
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX",
              help="Only rows whose name matches; a row's name is like 'ipc/call words=0 space=other path=fast stub=inline'.")
@click.option("--path", "which", type=click.Choice(["fast", "slow", "both"]), default="both", show_default=True,
              help="Which kernel: with its fast paths, without, or both.")
@click.option("--list", "listing", is_flag=True, help="Show the benchmarks and the machines, and measure nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of the table.")
@click.option("--wide", is_flag=True, help="In the table, a line for each path, with all its numbers.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
@click.option("--update-baseline", is_flag=True, help="Accept the numbers: write them into results/exact/.")
def bench(names, pattern, which, listing, as_json, wide, quiet, update_baseline):
    """Build, boot, measure, print the table, keep the record.

    Every machine is booted twice; exact counts that differ end with exit code 4.

    \b
    Examples:
      kite bench
      kite bench --machine qemu-riscv64 --filter 'ipc/round_trip words=(0|8) space=other'
      kite bench --json --quiet | jq 'select(.metric == "kernel_instructions")'
    """
    from analysis import bench as command
    if listing:
        list_benchmarks(as_json)
        list_machines(as_json)
        return
    chosen = {"fast": (True,), "slow": (False,), "both": (True, False)}[which]
    options = command.Options(machines.choose_measuring(names), pattern, as_json, chosen, update_baseline, wide)
    sys.exit(command.run(options, Progress(quiet)))


def list_benchmarks(as_json):
    for name, sentence in benchmarks.all_benchmarks().items():
        click.echo(json.dumps({"benchmark": name, "sentence": sentence}) if as_json else f"{name:24} {sentence}")


def description(machine):
    """A machine in a line: a variant's first note, for the rest is what it is a variant of."""
    first = machine.notes.strip().partition("\n")[0] if machine.variant_of else f"{machine.arch}, {machine.cpu}"
    return first + ("" if machine.measures else "; tests only")


def list_machines(as_json):
    for machine in machines.all_machines().values():
        fields = {"machine": machine.name, "arch": machine.arch, "cpu": machine.cpu, "measures": machine.measures,
                  "variant_of": machine.variant_of or None}
        click.echo(json.dumps(fields) if as_json
                   else f"{'  ' * bool(machine.variant_of) + machine.name:24} {description(machine)}")


def list_records(as_json):
    for path in record.all_records():
        marks = [line for line in record.read(path) if line["type"] == "fingerprint"]
        names = list(dict.fromkeys(line["machine"] for line in marks))
        commit = marks[0]["commit"][:12] + ("-dirty" if marks[0]["dirty"] else "") if marks else "?"
        click.echo(json.dumps({"record": path.name, "commit": commit, "machines": names}) if as_json
                   else f"{path.name:52} {', '.join(names)}")


@kite.command("list", context_settings=CONTEXT)
@click.argument("what", type=click.Choice(["benchmarks", "machines", "records", "all"]), default="all")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_command(what, as_json):
    """Benchmarks, machines, records.

    \b
    Examples:
      kite list
      kite list records --json
    """
    for kind, show in (("benchmarks", list_benchmarks), ("machines", list_machines), ("records", list_records)):
        if what in (kind, "all"):
            show(as_json)


@kite.command(context_settings=CONTEXT)
@click.argument("machine")
@click.option("--archive", type=click.Choice(["tests", "bench"]), default="tests", show_default=True,
              help="Which first task.")
@click.option("--debug/--release", default=True, show_default=True, help="Which kernel.")
@click.option("--slow", is_flag=True, help="The kernel without its fast paths.")
@click.option("--append", default="", metavar="TEXT", help="The kernel's command line, e.g. 'filter=badge'.")
@click.option("--gdb", is_flag=True, help="Wait for gdb on port 1234.")
def run(machine, archive, debug, slow, append, gdb):
    """Build a kernel and boot it here, its console in this terminal (QEMU: Ctrl-a x ends it).

    \b
    Examples:
      kite run qemu-riscv64
      kite run qemu-x86_64 --archive bench --release --append filter=system/null
    """
    chosen = machines.choose([machine])[0]
    preset = chosen.preset("debug" if debug else "release", not slow)
    build.build(preset, say=Progress())
    command = chosen.boot_command(preset, paths.preset_directory(preset) / f"{archive}.cpio", append)
    sys.stdout.flush()
    try:
        os.execvp(command[0], command + (["-s", "-S"] if gdb else []))
    except OSError as error:
        raise Failure(Exit.MACHINE, f"{chosen.name}: cannot start {command[0]}: {error}") from None


@kite.command(context_settings=CONTEXT)
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME",
              help="Only the tests on this machine, and those on none.")
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX", help="Only tests whose name matches.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a test instead of the summary.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def test(names, pattern, as_json, quiet):
    """Run every test (ci/check): host, machines, fast against slow, structure, baselines.

    The last line is 'N passed, N failed, N skipped'; exit code 0 only if none failed and some passed.

    \b
    Examples:
      kite test
      kite test --filter '^host/|^structure/'
    """
    if names:
        machines.choose(names)
    words = [word for name in names for word in ("--machine", name)]
    words += ["--filter", pattern] if pattern else []
    words += ["--json"] * as_json + ["--quiet"] * quiet
    os.execv(paths.ROOT / "ci" / "check", ["check", *words])


@kite.command(context_settings=CONTEXT)
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME", help="Only this machine; may be repeated.")
@click.option("--seed", type=click.IntRange(1, 1 << 62), default=None, help="The first seed; by the clock if left out.")
@click.option("--steps", type=click.IntRange(1), default=None, metavar="N",
              help="Stop after so many system calls a machine; 100000 if left out.")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), default=None, metavar="M",
              help="Stop after so many minutes a machine.")
@click.option("--tame", is_flag=True, help="Arguments fit what they are for: much is made and destroyed, the stress test.")
@click.option("--debug/--release", default=True, show_default=True,
              help="Which kernel; a debug kernel checks its invariant after every system call.")
@click.option("--slow", is_flag=True, help="The kernel without its fast paths.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def fuzz(names, seed, steps, minutes, tame, debug, slow, quiet):
    """Let hostile programs make random system calls until the kernel breaks, and say which seed shows it again.

    Prints a line for each machine on which something broke.  Exit code 0 if nothing did, 1 if something did.

    \b
    Examples:
      kite fuzz
      kite fuzz --machine qemu-aarch64 --minutes 60 --slow
      kite fuzz --machine qemu-riscv64 --seed 4711 --steps 2000
    """
    from analysis import fuzz as command
    if steps and minutes:
        raise click.UsageError("either --steps or --minutes")
    kernel = command.Kernel("debug" if debug else "release", not slow, tame)
    amount = command.Amount(steps or command.STEPS, minutes)
    sys.exit(command.run(machines.choose(names), kernel, seed, amount, Progress(quiet)))


@kite.command(context_settings=CONTEXT)
def doctor():
    """What this machine lacks and how to get it."""
    raise Failure(Exit.USAGE, "the launcher answers this one: ./kite doctor")


@kite.command(context_settings=CONTEXT)
@click.argument("kind", type=click.Choice(["distribution", "steps"]), default="distribution")
@click.option("--record", "which", default="", metavar="FILE", help="A record; the newest if left out.")
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME", help="Only this machine; may be repeated.")
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX", help="Only rows whose name matches.")
@click.option("--metric", default="", metavar="METRIC", help="What to draw; a distribution's is user_to_user_instructions.")
@click.option("--format", "form", type=click.Choice(["png", "svg", "terminal"]), default=None,
              help="By the output's suffix; png if there is none.")
@click.option("--output", "-o", default="", metavar="FILE",
              help="KIND.FORMAT in this directory if left out; - is standard output.")
def plot(kind, which, names, pattern, metric, form, output):
    """Draw a record with gnuplot: the distribution of round trips, or where their instructions go, step by step.

    \b
    Examples:
      kite plot
      kite plot steps --machine qemu-riscv64 --output steps.svg
      kite plot steps --format terminal
    """
    from analysis import plot as command
    if names:
        machines.choose(names)
    command.run(command.Options(kind, which, names, pattern, metric, form, output))


def main():
    """Turns every way to end into its exit code, with one line and no traceback for what a user can cause."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)           # `kite bench --json | head` ends quietly
    try:
        kite.main(prog_name="kite", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        sys.exit(Exit.USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.ERROR)
    except Failure as failure:
        click.echo(f"kite: {failure}", err=True)
        sys.exit(failure.code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("kite: interrupted", err=True)
        sys.exit(Exit.INTERRUPTED)
