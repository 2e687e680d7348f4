# SPDX-License-Identifier: BSD-2-Clause
"""`kite run`: one machine, its console in this terminal."""
import os
import shlex
import sys

import click

from analysis import build, machines, paths
from analysis.cli.common import CONTEXT, DRY_RUN, Progress, kite
from analysis.failure import Exit, Failure


@kite.command(context_settings=CONTEXT)
@click.argument("machine")
@click.option("--archive", type=click.Choice(["tests", "bench", "examples"]), default="tests", show_default=True,
              help="Which first task.")
@click.option("--debug/--release", default=True, show_default=True, help="Which kernel.")
@click.option("--slow", is_flag=True, help="The kernel without its fast paths.")
@click.option("--append", default="", metavar="TEXT", help="The kernel's command line, e.g. 'filter=badge'.")
@click.option("--gdb", is_flag=True, help="Wait for gdb on port 1234.")
@DRY_RUN
def run(machine, archive, debug, slow, append, gdb, dry_run):
    """Build a kernel and boot it here, its console in this terminal (QEMU: Ctrl-a x ends it).

    \b
    Examples:
      kite run qemu-riscv64
      kite run qemu-x86_64 --archive bench --release --append filter=system/null
    """
    chosen = machines.choose([machine])[0]
    preset = chosen.preset("debug" if debug else "release", not slow)
    command = chosen.boot_command(preset, paths.preset_directory(preset) / f"{archive}.cpio", append)
    if dry_run:
        click.echo(f"build {preset}\n{shlex.join(command + (['-s', '-S'] if gdb else []))}")
        return
    build.build(preset, say=Progress())
    sys.stdout.flush()
    try:
        os.execvp(command[0], command + (["-s", "-S"] if gdb else []))
    except OSError as error:
        raise Failure(Exit.MACHINE, f"{chosen.name}: cannot start {command[0]}: {error}") from None
