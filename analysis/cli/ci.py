# SPDX-License-Identifier: BSD-2-Clause
"""`kite ci`."""
import sys

import click

from analysis import machines
from analysis.cli.common import CONTEXT, Progress, kite


@kite.command(context_settings=CONTEXT)
@click.argument("a")
@click.argument("b", default="")
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME", help="Only this machine; may be repeated.")
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX", help="Only rows whose name matches.")
@click.option("--service", type=click.Choice(["github", "gitlab", "plain"]), default=None,
              help="Whose annotations; by the environment if left out.")
@click.option("--summary", default="", metavar="FILE", help="Write the Markdown summary there.")
@click.option("--quality", default="gl-code-quality-report.json", show_default=True, metavar="FILE",
              help="GitLab: the Code Quality report.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def ci(a, b, names, pattern, service, summary, quality, quiet):
    """Compare A with B for a hosted CI: annotations, a summary in Markdown, compare's exit code.

    ci/example-workflow.yml is a workflow that does.

    \b
    Examples:
      kite ci origin/main HEAD
      kite ci HEAD~1 HEAD --machine qemu-riscv64 --summary summary.md
    """
    import re

    from analysis import ci as command
    from analysis import compare
    from analysis.failure import Exit, Failure
    try:
        re.compile(pattern)
    except re.error as error:
        raise Failure(Exit.USAGE, f"--filter '{pattern}' is no regular expression: {error}") from None
    outcome = compare.find_out(compare.Options(a, b, machines.choose_measuring(names), pattern), Progress(quiet))
    command.write(outcome, service or command.service(), summary, quality)
    sys.exit(outcome.code)
