# SPDX-License-Identifier: BSD-2-Clause
"""`kite export`."""
import click

from analysis.cli.common import CONTEXT, kite

FORMATS = ("google-benchmark", "go", "bencher", "github-action-benchmark", "junit", "csv", "markdown")


@kite.command(context_settings=CONTEXT)
@click.argument("record")
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX", help="Only rows whose name matches.")
@click.option("--output", "-o", default="", metavar="FILE", help="Write this file, whole or not at all.")
def export(record, form, pattern, output):
    """RECORD in the FORMAT of another program; `newest` is the newest record (kite list records).

    google-benchmark (JSON, for its compare.py), go (benchmark text, for benchstat), bencher (the Bencher metric format),
    github-action-benchmark (customSmallerIsBetter), junit, csv, markdown.

    \b
    Examples:
      kite export newest markdown
      kite export before.jsonl google-benchmark --output before.json
      kite export newest go --filter '^ipc/' > now.txt
    """
    from pathlib import Path

    from analysis import export as command
    from analysis.record import write_whole
    text = command.text_of(record, form, pattern)
    if output:
        write_whole(Path(output), text)
    else:
        click.echo(text, nl=False)
