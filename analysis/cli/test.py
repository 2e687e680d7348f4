# SPDX-License-Identifier: BSD-2-Clause
"""`kite test` and `kite doctor`, which ci/check and the launcher answer."""
import os

import click

from analysis import machines, paths
from analysis.cli.common import CONTEXT, DRY_RUN, kite
from analysis.failure import Exit, Failure


@kite.command(context_settings=CONTEXT)
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME",
              help="Only the tests on this machine, and those on none.")
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX", help="Only tests whose name matches.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a test instead of the summary.")
@DRY_RUN
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def test(names, pattern, as_json, dry_run, quiet):
    """Run every test (ci/check): host, machines, fast against slow, structure, baselines.

    The last line is 'N passed, N failed, N skipped'; exit code 0 only if none failed and some passed.

    \b
    Examples:
      kite test
      kite test --filter '^host/|^structure/'
    """
    if names:
        machines.choose(names)
    words = [word for name in names for word in ("--machine", name)]
    words += ["--filter", pattern] if pattern else []
    words += ["--json"] * as_json + ["--dry-run"] * dry_run + ["--quiet"] * quiet
    os.execv(paths.ROOT / "ci" / "check", ["check", *words])


@kite.command(context_settings=CONTEXT)
def doctor():
    """What this machine lacks and how to get it."""
    raise Failure(Exit.USAGE, "the launcher answers this one: ./kite doctor")
