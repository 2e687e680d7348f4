# SPDX-License-Identifier: BSD-2-Clause
"""The exit codes, and the exception that carries one of them to the top with a sentence for the user."""
from enum import IntEnum


class Exit(IntEnum):
    SAME = 0                # same or better
    ERROR = 1
    USAGE = 2
    REGRESSION = 3          # a number differs from its baseline
    INCONCLUSIVE = 4        # two runs differ: nondeterministic
    INCOMPARABLE = 5        # nothing to compare with
    BENCHMARK = 6           # a benchmark failed, a metric is missing, or a number cannot be right
    MACHINE = 75            # the machine died or hung
    CANNOT_BUILD = 125      # what git bisect skips
    INTERRUPTED = 130


class Failure(Exception):
    """Ends the command with this exit code and message."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code

    @property
    def line(self):
        """What it comes to in one line: the first that says error, of a compiler's many."""
        lines = str(self).splitlines() or [""]
        return next((line for line in lines if "error:" in line), lines[0])
