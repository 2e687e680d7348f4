# SPDX-License-Identifier: BSD-2-Clause
"""`kite prove`."""
import re
import sys

import click

from analysis.cli.common import CONTEXT, DRY_RUN, Progress, kite


@kite.command(context_settings=CONTEXT)
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX", help="Only proofs whose name matches.")
@click.option("--changed", is_flag=True, help="Only what the files concern that differ from the last commit.")
@click.option("--list", "listing", is_flag=True, help="Show the claims, and prove nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--update-docs", "update", is_flag=True, help="Write the verdicts into the table of docs/assurance.md.")
@DRY_RUN
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def prove(pattern, changed, listing, as_json, update, dry_run, quiet):
    """Run the proofs (proof/README.md): what is claimed of the kernel, and how the claim was checked.

    Each is proved, FAILED, or SKIPPED for want of a tool or a specification.  Exit code 0 only if none failed and some
    were proved (or, with --changed, none was concerned).

    \b
    Examples:
      kite prove
      kite prove --filter 'fastpath/.*riscv64'
      kite prove --list --json
    """
    from analysis import prove as command
    try:
        re.compile(pattern)
    except re.error as error:
        raise click.UsageError(f"--filter '{pattern}' is no regular expression: {error}") from None
    if dry_run:
        for claim in command.chosen(pattern, changed):
            click.echo(f"{f'build {claim.preset}; ' if claim.preset else ''}prove {claim.name}, about {claim.expected} s")
        return
    if listing:
        command.list_claims(command.chosen(pattern, changed), as_json)
        return
    sys.exit(command.run(pattern, changed, as_json, update, Progress(quiet)))
