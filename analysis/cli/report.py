# SPDX-License-Identifier: BSD-2-Clause
"""`kite report`."""
import sys

import click

from analysis.cli.common import CONTEXT, Progress, kite


@kite.command(context_settings=CONTEXT)
@click.argument("record", default="")
@click.option("--against", default="", metavar="RECORD", help="Also compare with this record.")
@click.option("--output", "-o", default="report.html", show_default=True, metavar="FILE", help="Where to; - is standard output.")
@click.option("--history", type=click.IntRange(0), default=40, show_default=True, metavar="N",
              help="At most so many records; 0: no history.")
@click.option("--json", "as_json", is_flag=True, help="What the page holds, as JSON instead of a page.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def report(record, against, output, history, as_json, quiet):
    """Write one HTML page of a record: tables, pictures, comparison, history, and how to get each number again.

    RECORD is a record's file, name or commit; the newest if left out.  The page holds everything itself, and loads nothing.

    \b
    Examples:
      kite report
      kite report 1439dfda --against 424991bc -o kite.html
      kite report --json | jq '.headline'
    """
    from analysis import report as command
    sys.exit(command.run(command.Options(record, against, output, history, as_json), Progress(quiet)))
