# SPDX-License-Identifier: BSD-2-Clause
"""`kite profile`."""
import sys

import click

from analysis import machines
from analysis.cli.common import CONTEXT, Progress, kite

KINDS = ["step", "function", "line", "set"]
FORMATS = ["table", "json", "folded", "flame", "chrome", "perf"]
METRICS = ["instructions", "loads", "stores", "data_lines", "code_lines", "branches", "taken"]


@kite.command(context_settings=CONTEXT)
@click.argument("bench")
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME", help="Only this machine; may be repeated.")
@click.option("--slow", is_flag=True, help="The kernel without its fast paths.")
@click.option("--by", type=click.Choice(KINDS), default="step", show_default=True, help="What a line of the table is; set: of a first-level cache.")
@click.option("--lines", type=click.IntRange(1), default=25, show_default=True, help="At most so many, by function and line.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json: one object a line.")
@click.option("--metric", type=click.Choice(METRICS), default="instructions", show_default=True,
              help="What folded stacks and flame graphs count.")
@click.option("--against", default="", metavar="COMMIT", help="Measure this commit too, and show what differs.")
@click.option("--estimate", is_flag=True, help="Also what llvm-mca estimates of named cores, in cycles.")
@click.option("--output", "-o", default="-", metavar="FILE", help="Where to; - is standard output.  [default: -]")
@click.option("--host", "on_host", is_flag=True, help="BENCH is a microbenchmark of the portable kernel on this computer.")
@click.option("--dry-run", is_flag=True, help="Say what would be built and run, and do nothing.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def profile(bench, names, slow, by, lines, form, as_json, metric, against, estimate, output, on_host, dry_run, quiet):
    """Take one iteration of a benchmark apart: where its instructions, loads, stores, cache lines and branches go.

    BENCH is a benchmark's name, with parameters if it is not the first row that is meant.

    \b
    table    by fast-path step, by function, or by source line
    json     the same, one object a line
    folded   folded stacks, for flame graph tools; with --against two counts a line
    flame    a flame graph (svg); with --against red and blue
    chrome   a timeline for ui.perfetto.dev or chrome://tracing; an instruction is a microsecond
    perf     the text of perf script, a sample an instruction

    \b
    Examples:
      kite profile ipc/call
      kite profile 'ipc/round_trip words=120' --machine qemu-riscv64 --by line
      kite profile ipc/call --estimate
      kite profile ipc/round_trip --by set
      kite profile fault/round_trip -m qemu-aarch64 --format flame -o fault.svg
      kite profile ipc/round_trip --slow --against HEAD~1
      kite profile --host tree/revoke
    """
    from analysis import profile as command
    form = "json" if as_json else form
    if on_host:
        from analysis.profile import host
        if names or slow or against or estimate:
            raise click.UsageError("--host profiles this computer: no --machine, --slow, --against or --estimate")
        sys.exit(host.run(bench, form, output, lines, dry_run, Progress(quiet)))
    options = command.Options(bench, machines.choose_measuring(names), not slow, by, form, metric, output, against,
                              estimate, lines, dry_run)
    sys.exit(command.run(options, Progress(quiet)))
