# SPDX-License-Identifier: BSD-2-Clause
"""`kite plot`."""
import click

from analysis import machines
from analysis.cli.common import CONTEXT, kite


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
