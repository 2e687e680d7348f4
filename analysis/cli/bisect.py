# SPDX-License-Identifier: BSD-2-Clause
"""`kite bisect`."""
import sys

import click

from analysis import machines
from analysis.cli.common import CONTEXT, Progress, kite


@kite.command(context_settings=CONTEXT)
@click.argument("bench")
@click.argument("good")
@click.argument("bad")
@click.option("--machine", "-m", "name", default="qemu-riscv64", show_default=True, metavar="NAME", help="Measure on this.")
@click.option("--path", "which", type=click.Choice(["fast", "slow"]), default="fast", show_default=True,
              help="The kernel with its fast paths, or without.")
@click.option("--metric", default="kernel_instructions", show_default=True, help="The number that changed.")
@click.option("--fresh", is_flag=True, help="Measure again what was measured before.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def bisect(bench, good, bad, name, which, metric, fresh, as_json, quiet):
    """The commit after GOOD, up to BAD, that changed the rows that match BENCH; and which step did it.

    By git bisect, in a worktree of its own; commits that cannot be built are skipped.  An improvement is found the same
    way.  Interrupted, the same command goes on.  Exit code 0: found; 4: hidden among commits that cannot be built;
    5: the ends do not differ.

    \b
    Examples:
      kite bisect '^ipc/call' v1 HEAD
      kite bisect '^signal/' HEAD~64 HEAD --machine qemu-aarch64 --metric loads
    """
    from analysis import bisect as command
    machine, = machines.choose_measuring([name])
    options = command.Options(bench, good, bad, machine, which == "fast", metric, as_json, fresh)
    sys.exit(command.run(options, Progress(quiet)))
