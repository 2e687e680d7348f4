# SPDX-License-Identifier: BSD-2-Clause
"""`kite fuzz`."""
import sys

import click

from analysis import machines
from analysis.cli.common import CONTEXT, DRY_RUN, Progress, kite


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
@click.option("--host", is_flag=True,
              help="No machine: the portable kernel and the readers of boot input under libFuzzer; steps are inputs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each machine on which something broke.")
@DRY_RUN
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def fuzz(names, seed, steps, minutes, tame, debug, slow, host, as_json, dry_run, quiet):
    """Let hostile programs make random system calls until the kernel breaks, and say which seed shows it again.

    Prints a line for each machine on which something broke.  Exit code 0 if nothing did, 1 if something did.

    \b
    Examples:
      kite fuzz
      kite fuzz --machine qemu-aarch64 --minutes 60 --slow
      kite fuzz --machine qemu-riscv64 --seed 4711 --steps 2000
      kite fuzz --tame --minutes 1
      kite fuzz --host --minutes 10
    """
    from analysis import fuzz as command
    if steps and minutes:
        raise click.UsageError("either --steps or --minutes")
    if host:
        if names or tame or slow or not debug:
            raise click.UsageError("--host is one kernel, without a machine")
        amount = command.Amount(steps or command.HOST_RUNS, minutes)
        sys.exit(command.run_host(seed, amount, Progress(quiet)))
    kernel = command.Kernel("debug" if debug else "release", not slow, tame)
    amount = command.Amount(steps or command.STEPS, minutes)
    if dry_run:
        for machine in machines.choose(names):
            how_long = f"for {minutes:g} minutes" if minutes else f"until {amount.steps} system calls are made"
            click.echo(f"build {machine.preset(kernel.kind, kernel.fast)}; boot {machine.name} {how_long}, "
                       f"from seed {seed or 'by the clock'} on")
        return
    sys.exit(command.run(machines.choose(names), kernel, seed, amount, Progress(quiet), as_json))
