# SPDX-License-Identifier: BSD-2-Clause
"""`kite plot`."""
import click

from analysis import machines
from analysis.cli.common import CONTEXT, kite

PLOT_KINDS = ["distribution", "ecdf", "histogram", "violin", "percentile", "steps", "trend", "heatmap"]


@kite.command(context_settings=CONTEXT)
@click.argument("kind", type=click.Choice(PLOT_KINDS), default="distribution")
@click.option("--record", "-r", "records", multiple=True, metavar="RECORD",
              help="A record's file, name, or commit; the newest if left out (trend and heatmap: all). Repeat it to overlay.")
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME", help="Only this machine; may be repeated.")
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX", help="Only rows whose name matches.")
@click.option("--metric", default="", metavar="METRIC",
              help="What to draw: of distributions user_to_user_instructions, else kernel_instructions, if left out.")
@click.option("--format", "form", type=click.Choice(["png", "svg", "pdf", "terminal"]), default=None,
              help="By the output's suffix; png if there is none.")
@click.option("--output", "-o", default="", metavar="FILE",
              help="KIND.FORMAT in this directory if left out; - is standard output.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: the picture, its kind, and the records.")
@click.option("--keep", is_flag=True, help="Keep gnuplot's script and the data beside the picture.")
def plot(kind, records, names, pattern, metric, form, output, as_json, keep):
    """Draw records with gnuplot.

    \b
    distribution  how a number is distributed over iterations: ecdf above, histogram below
    ecdf          the part of the iterations that need at most so much
    histogram     how many iterations need how much
    violin        densities side by side, with quartiles
    percentile    the tail: each further nine takes as much room as the one before
    steps         a round trip's kernel instructions as stacked bars, by fast-path step and function
    trend         numbers over commits
    heatmap       many rows over commits, coloured by their distance from the row's median

    \b
    Examples:
      kite plot
      kite plot steps --machine qemu-riscv64 --output steps.svg
      kite plot percentile -r HEAD-RECORD -r OTHER-RECORD -f 'ipc/call words=0' -o tail.pdf --keep
      kite plot heatmap --filter space=other
    """
    from analysis import plot as command
    options = command.Options(kind, records, names, pattern, metric, form, output, keep, as_json)
    machines.choose(command.choose.unknown_machines(options))
    command.run(options)
