# SPDX-License-Identifier: BSD-2-Clause
"""`kite prove`: runs the proofs of proof/ (claims.py lists them), two at a time, each in a process of its own."""
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from analysis import build, paths
from analysis.failure import Exit, Failure
from proof import claims

JOBS = 2
LATE = 3                        # a proof that needs so many times the processor time that is expected has failed


@dataclass(frozen=True)
class Verdict:
    claim: str
    verdict: str                # proved, FAILED, SKIPPED
    seconds: float
    detail: str


def changed_files():
    """What differs from the last commit, and what is not tracked yet."""
    commands = (["git", "diff", "--name-only", "HEAD"], ["git", "ls-files", "--others", "--exclude-standard"])
    found = []
    for command in commands:
        done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
        if done.returncode:
            raise Failure(Exit.ERROR, f"git cannot say what changed: {done.stderr.strip()}")
        found += done.stdout.split("\n")
    return [name for name in found if name]


def chosen(pattern, changed, quick=False):
    """The claims that were asked for."""
    found = [claim for claim in claims.all_claims() if re.search(pattern, claim.name) and (claim.quick or not quick)]
    if changed:
        names = changed_files()
        found = [claim for claim in found if any(re.match(claim.touched, name) for name in names)]
    return found


def processor_seconds():
    """What this process used, and the tools it waited for; however many others the processor has to serve."""
    return sum(os.times()[:4])


def one(name):
    """Runs a claim's proof; in a process of its own."""
    claim = next(claim for claim in claims.all_claims() if claim.name == name)
    start = processor_seconds()
    try:
        verdict, detail = "proved", claim.prove()
    except claims.Skipped as reason:
        verdict, detail = "SKIPPED", str(reason)
    except claims.Refuted as reason:
        verdict, detail = "FAILED", str(reason)
    seconds = processor_seconds() - start
    if verdict == "proved" and seconds > LATE * claim.expected:
        verdict, detail = "FAILED", f"took {seconds:.0f} s; {claim.expected} s are expected"
    return Verdict(name, verdict, round(seconds, 1), detail)


def prepare(found, say):
    """Builds the kernels that are needed, before the processes would do it at once."""
    for preset in dict.fromkeys(claim.preset for claim in found if claim.preset):
        build.build(preset, say=say)


def run_all(found, say):
    prepare(found, say)
    with ProcessPoolExecutor(JOBS) as pool:
        waiting = {pool.submit(one, claim.name): claim for claim in found}
        for done in as_completed(waiting):
            try:
                yield done.result()
            except Exception as error:          # a proof that stumbles has proved nothing
                yield Verdict(waiting[done].name, "FAILED", 0, f"{type(error).__name__}: {error}")


def show(verdict, as_json):
    if as_json:
        print(json.dumps(vars(verdict)), flush=True)
        return
    first, *more = verdict.detail.splitlines() or [""]
    print(f"{verdict.verdict:8} {verdict.claim:44} {verdict.seconds:6.1f} s  {first}", flush=True)
    for line in more:
        print(f"{'':10}{line}")


def list_claims(found, as_json):
    for claim in found:
        fields = {"claim": claim.name, "sentence": claim.sentence, "bounds": claim.bounds, "tool": claim.tool,
                  "expected_seconds": claim.expected}
        print(json.dumps(fields) if as_json else f"{claim.name:44} {claim.sentence}")


MARKS = ("<!-- claims: written by kite prove --update-docs -->\n", "<!-- end of claims -->\n")


def document(verdicts):
    """Writes docs/assurance.md's table from the verdicts of a run; a claim that was not run keeps its line."""
    path = paths.ROOT / "docs" / "assurance.md"
    before, _, rest = path.read_text().partition(MARKS[0])
    old, _, after = rest.partition(MARKS[1])
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in old.splitlines() if line.startswith("| ")}
    for verdict in verdicts:
        claim = next(claim for claim in claims.all_claims() if claim.name == verdict.claim)
        lines[claim.name] = (f"| {claim.name} | {claim.sentence} | {claim.bounds} | {claim.tool} | {verdict.verdict} | "
                             f"{verdict.seconds:.0f} s | {'<br>'.join(verdict.detail.splitlines())} |")
    head = "| claim | says | within | tool | verdict | took | what was done |\n|---|---|---|---|---|---:|---|\n"
    known = [lines[claim.name] for claim in claims.all_claims() if claim.name in lines]
    path.write_text(before + MARKS[0] + head + "".join(line + "\n" for line in known) + MARKS[1] + after)


def documented():
    """The names of the claims in docs/assurance.md."""
    text = (paths.ROOT / "docs" / "assurance.md").read_text()
    return set(re.findall(r"^\| (\w+/[^|]*?) \|", text, re.M))


def run(pattern, changed, as_json, update, say):
    found = chosen(pattern, changed)
    if not found and not changed:
        raise Failure(Exit.USAGE, f"no proof matches '{pattern}' (see: kite prove --list)")
    verdicts = []
    for verdict in run_all(found, say):
        verdicts.append(verdict)
        show(verdict, as_json)
        if update:                          # at once: a run that is interrupted keeps what it did
            document([verdict])
    count = {kind: sum(verdict.verdict == kind for verdict in verdicts) for kind in ("proved", "FAILED", "SKIPPED")}
    closing = f"{count['proved']} proved, {count['FAILED']} failed, {count['SKIPPED']} skipped"
    print(closing, file=sys.stderr if as_json else sys.stdout)
    return Exit.ERROR if count["FAILED"] or (found and not count["proved"]) else Exit.SAME
