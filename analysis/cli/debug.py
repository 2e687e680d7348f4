# SPDX-License-Identifier: BSD-2-Clause
"""`kite debug` and `kite trace`: looking into a kernel that runs."""
import sys

import click

from analysis import machines
from analysis.cli.common import CONTEXT, DRY_RUN, Progress, kite
from analysis.failure import Exit, Failure

ARCHIVE = click.option("--archive", type=click.Choice(["tests", "bench"]), default="tests", show_default=True,
                       help="Which first task.")
APPEND = click.option("--append", default="", metavar="TEXT", help="The kernel's command line, e.g. 'filter=badge'.")
SLOW = click.option("--slow", is_flag=True, help="The kernel without its fast paths.")
QUIET = click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")


def say_plan(machine, slow, archive, append, how):
    chosen = machines.choose([machine])[0]
    click.echo(f"build {chosen.preset('debug', not slow)}\nboot {chosen.name} with {archive}.cpio {how}"
               + (f", kernel's command line: {append}" if append else ""))


@kite.command(context_settings=CONTEXT)
@click.argument("machine")
@ARCHIVE
@SLOW
@APPEND
@click.option("--execute", "-x", "batch", multiple=True, metavar="COMMAND",
              help="Give gdb this command instead of a prompt, and end; may be repeated.")
@DRY_RUN
@QUIET
def debug(machine, archive, slow, append, batch, dry_run, quiet):
    """Boot a machine under gdb, stopped where the portable kernel begins.

    \b
    gdb has these commands more:
      kite threads      kite cspace [THREAD]      kite endpoints      kite trace [COUNT]

    \b
    Examples:
      kite debug qemu-riscv64
      kite debug qemu-x86_64 --append filter=badge -x 'hbreak endpoint_remove' -x continue -x 'kite threads'
    """
    from analysis import debug as command
    if dry_run:
        say_plan(machine, slow, archive, append, "under gdb")
        return
    sys.exit(command.run(machines.choose([machine])[0], not slow, archive, append, batch, Progress(quiet)))


@kite.command(context_settings=CONTEXT)
@click.argument("machine")
@ARCHIVE
@SLOW
@APPEND
@click.option("--output", "-o", default="-", metavar="FILE", help="Where to; - is standard output.  [default: -]")
@DRY_RUN
@QUIET
def trace(machine, archive, slow, append, output, dry_run, quiet):
    """Boot a debug kernel, and write what it did last for a viewer: Perfetto, or chrome://tracing.

    The kernel remembers its last 4096 events; system calls that a fast path takes are none of them (--slow: all are).

    \b
    Examples:
      kite trace qemu-riscv64 --append filter=badges_arrive -o trace.json
      kite trace qemu-aarch64 --slow | jq '.traceEvents[].name' | sort | uniq -c
    """
    from analysis import trace as command
    if dry_run:
        say_plan(machine, slow, archive, append, "under gdb, which reads the trace ring at its end")
        return
    say = Progress(quiet)
    text, count = command.record(machines.choose([machine])[0], not slow, archive, append, say)
    try:
        with click.open_file(output, "w") as file:
            file.write(text + "\n")
    except OSError as error:
        raise Failure(Exit.ERROR, f"cannot write {output}: {error.strerror}") from None
    say(f"{count} events" + ("" if output == "-" else f" in {output}; open it at ui.perfetto.dev"))
