# SPDX-License-Identifier: BSD-2-Clause
"""What a test comes to.  A group of tests is a function that yields results; its name is the first part of theirs."""
from dataclasses import dataclass

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True)
class Result:
    name: str                   # group/what it shows
    verdict: str
    reason: str = ""


def of_problems(name, problems):
    """Passed if there is no problem, else failed with all of them."""
    problems = list(problems)
    return Result(name, FAILED if problems else PASSED, "\n".join(problems))
