# SPDX-License-Identifier: BSD-2-Clause
"""`kite track`."""
import sys

import click

from analysis import machines
from analysis.cli.common import CONTEXT, Progress, kite
from analysis.cli.compare import WHICH


@kite.command(context_settings=CONTEXT)
@click.argument("range_", metavar="[RANGE]", default="")
@click.option("--import", "imports", multiple=True, metavar="FILE", help="Read this history instead of measuring; may be repeated.")
@click.option("--steps", type=click.IntRange(min=0), default=0, metavar="N", help="At most N commits of the range, evenly.")
@click.option("--since", default="", metavar="DATE", help="Only commits after that date, as git understands it.")
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME", help="Only this machine; may be repeated.")
@click.option("--path", "which", type=click.Choice(list(WHICH)), default="fast", show_default=True, help="Which kernel.")
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX", help="Only rows whose name matches.")
@click.option("--metric", default="", metavar="NAME", help="Only this number.")
@click.option("--retry", is_flag=True, help="Try again what failed before.")
@click.option("--dry-run", is_flag=True, help="Say what would be measured.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a change.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def track(range_, imports, steps, since, names, which, pattern, metric, retry, dry_run, as_json, quiet):
    """Measure the commits of RANGE that were not yet, and name those that changed a number.

    Every difference of an exact number is a change; in imported measured numbers, what a permutation test tells from
    noise.  Each commit is kept in results/history/ when it is measured: interrupted, the same command goes on.

    \b
    Examples:
      kite track HEAD~20.. --machine qemu-riscv64
      kite track v1..HEAD --steps 16 --filter '^ipc/' --metric kernel_instructions
      kite track --import TX1_64.jsonl --filter ipc_call
    """
    from analysis import track as command
    from analysis.failure import Exit, Failure
    if bool(range_) == bool(imports):
        raise Failure(Exit.USAGE, "either a RANGE of commits or --import FILE; see: kite track --help")
    options = command.Options(range_, machines.choose_measuring(names), WHICH[which], steps, since, imports, pattern, metric, retry,
                              dry_run, as_json)
    sys.exit(command.run(options, Progress(quiet)))
