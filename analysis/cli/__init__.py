# SPDX-License-Identifier: BSD-2-Clause
"""The subcommands, one file each: what they take, what they print, how they end.  Data goes to standard output, progress
to standard error; exit codes are in failure.py.  To add one: a file here, and its name in the two lists below."""
import os
import signal
import sys

import click

from analysis import config
from analysis.cli import (bench, bisect, board, ci, compare, completion, debug, export, fuzz, listing, plot, profile, prove, report, run,
                          test, track)
from analysis.cli.common import Progress, kite
from analysis.failure import Exit, Failure

# Each adds itself to the group.
__all__ = ["Progress", "bench", "bisect", "board", "ci", "compare", "completion", "debug", "export", "fuzz", "listing", "main", "plot",
           "profile", "prove", "report", "run", "test", "track"]


def main():
    """Turns every way to end into its exit code, with one line and no traceback for what a user can cause."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)           # `kite bench --json | head` ends quietly
    try:
        completion.teach(kite)
        kite.main(prog_name="kite", standalone_mode=False, default_map=None if "_KITE_COMPLETE" in os.environ else config.default_map(kite))
    except click.UsageError as error:
        error.show()
        sys.exit(Exit.USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.ERROR)
    except Failure as failure:
        click.echo(f"kite: {failure}", err=True)
        sys.exit(failure.code)
    except OSError as error:                                # a full disk, a file that nobody may write
        click.echo(f"kite: {error}", err=True)
        sys.exit(Exit.ERROR)
    except (click.Abort, KeyboardInterrupt):
        click.echo("kite: interrupted", err=True)
        sys.exit(Exit.INTERRUPTED)
