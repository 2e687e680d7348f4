# SPDX-License-Identifier: BSD-2-Clause
"""What the subcommands share: the group that they belong to, progress, and options that many of them take."""
import threading
import time

import click

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 120}


class Progress:
    """Lines on standard error, with the seconds since the start; nothing if quiet."""

    def __init__(self, quiet=False):
        self.quiet, self.start, self.lock = quiet, time.monotonic(), threading.Lock()

    def __call__(self, text):
        if self.quiet:
            return
        with self.lock:
            click.echo(f"[{time.monotonic() - self.start:5.1f} s] {text}", err=True)


DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would be built and run, and do nothing.")


@click.group(context_settings=CONTEXT)
def kite():
    """Kite's laboratory: measures the microkernel on its machines, checks it, and draws what was measured.

    \b
    Exit codes: 0 same or better, 1 error, 2 usage, 3 regression, 4 nondeterministic or inconclusive,
    5 nothing comparable, 6 a benchmark failed, 75 the machine failed, 125 cannot build, 130 interrupted.
    """
