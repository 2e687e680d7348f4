# SPDX-License-Identifier: BSD-2-Clause
"""The proofs that are quick enough for every change (proof/claims.py marks them); `kite prove` runs all."""
from result import FAILED, PASSED, SKIPPED, Result

from analysis import prove

VERDICTS = {"proved": PASSED, "FAILED": FAILED, "SKIPPED": SKIPPED}


def group(run):
    found = [claim for claim in prove.chosen("", False, quick=True) if run.wants(f"prove/{claim.name}")]
    run.say(f"{len(found)} proofs")
    for verdict in prove.run_all(found, run.say):
        yield Result(f"prove/{verdict.claim}", VERDICTS[verdict.verdict], verdict.detail)
