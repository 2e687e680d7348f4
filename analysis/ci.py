# SPDX-License-Identifier: BSD-2-Clause
"""`kite ci`: a comparison for a hosted CI: annotations at the lines that gained instructions, a summary in Markdown, and
the comparison's exit code.

GitHub reads commands on standard output (docs.github.com, "Workflow commands"); GitLab reads a file of Code Quality
issues (docs.gitlab.com, "Code Quality", a subset of Code Climate's format)."""
import hashlib
import json
import os
from pathlib import Path

from analysis import verdict, verdict_text
from analysis.failure import Exit

ROWS_SHOWN = 50
GITHUB, GITLAB, PLAIN = "github", "gitlab", "plain"
GRAVE = (verdict.REGRESSED, verdict.FAILED)


def service():
    """Which CI runs this, by what it sets."""
    return GITHUB if os.environ.get("GITHUB_ACTIONS") else GITLAB if os.environ.get("GITLAB_CI") else PLAIN


def place_of(source):
    """(file, line) of fastpath/call.riscv64.S:34; ("", 0) if there is none."""
    file, _, line = source.rpartition(":")
    return (file, int(line)) if line.isdigit() else ("", 0)


def step_findings(outcome):
    """(level, title, text, file, line) of every step that gained instructions in a regression nobody accepted."""
    open_ones = [one for one in outcome.verdicts if one.verdict == verdict.REGRESSED and not one.accepted]
    for (machine, path, step, delta), rows in verdict_text.reasons(outcome).items():
        rows = [one for one in rows if one in open_ones]
        if rows and delta > 0:
            yield "error", f"slower: {step}", (f"{machine}, {path} path: {verdict_text.delta_text(delta)} instructions in {step}; "
                                               f"{len(rows)} rows, e.g. {rows[0].name}"), *place_of(verdict_text.source_of(outcome, rows[0], step))
    for group in verdict_text.alike([one for one in open_ones if not any(delta > 0 for delta in one.why.values())]):
        yield "error", "slower", verdict_text.line_of(group).plain.strip(), "", 0


def findings(outcome):
    """All that a reviewer is told, the gravest first."""
    for side in (outcome.a, outcome.b):
        for (machine, path), failure in side.failures.items():
            yield "error", "failed", f"{side.name}: {machine}, {path} path: {failure}", "", 0
    yield from step_findings(outcome)
    for level, kind in (("error", verdict.FAILED), ("warning", verdict.INCONCLUSIVE)):
        for group in verdict_text.alike([one for one in outcome.verdicts if one.verdict == kind]):
            yield level, kind, verdict_text.line_of(group).plain.strip(), "", 0


def escaped(text, more=""):
    """As GitHub wants it: in a property also : and , (more)."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def github_lines(outcome):
    for level, title, text, file, line in findings(outcome):
        where = f"file={escaped(file, ':,')},line={line}," if file else ""
        yield f"::{level} {where}title={escaped(title, ':,')}::{escaped(text)}"


def gitlab_issues(outcome):
    for level, title, text, file, line in findings(outcome):
        identity = hashlib.sha256(f"{title}\0{text}".encode()).hexdigest()
        yield {"description": f"{title}: {text}", "check_name": "kite", "fingerprint": identity,
               "severity": "major" if level == "error" else "minor",
               "location": {"path": file or "results/README.md", "lines": {"begin": line or 1}}}


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def summary(outcome):
    """The Markdown of a pull request's page."""
    lines = [f"## Kite: {Exit(outcome.code).name.lower()}", "", f"{outcome.b.name} against {outcome.a.name}: {verdict_text.summary(outcome)}", ""]
    groups = verdict_text.alike([one for one in outcome.verdicts if one.verdict != verdict.SAME])
    if groups:
        lines += ["| verdict | difference | machine | row | before | after | rows |", "|---|---:|---|---|---:|---:|---:|"]
    for group in groups[:ROWS_SHOWN]:
        one = group[0]
        metric, before, after = one.worst if one.changes else (one.reason, 0, 0)
        delta = f"{verdict_text.delta_text(after - before)} {metric}{verdict_text.percent(before, after)}" if one.changes else metric
        kind = f"accepted: {one.accepted}" if one.accepted else one.verdict
        numbers = (f"{before:g}", f"{after:g}") if one.changes else ("", "")
        lines.append("| " + " | ".join(cell(text) for text in (kind, delta, one.machine, one.name, *numbers, str(len(group)))) + " |")
    if len(groups) > ROWS_SHOWN:
        lines.append(f"\nand {sum(map(len, groups[ROWS_SHOWN:]))} more rows.")
    if why := [line.plain.strip() for line in verdict_text.why_lines(outcome)]:
        lines += ["", "Why:", ""] + [f"- {line}" for line in why]
    return "\n".join(lines) + "\n"


def write(outcome, kind, summary_file, quality_file):
    """Annotations to standard output or a file, the summary to its file; GitHub's is appended to, as it asks."""
    from analysis.record import write_whole
    if kind == GITHUB:
        print("\n".join(github_lines(outcome)))
    elif kind == GITLAB:
        write_whole(Path(quality_file), json.dumps(list(gitlab_issues(outcome)), indent=1) + "\n")
    if summary_file:
        write_whole(Path(summary_file), summary(outcome))
    elif kind == GITHUB and (page := os.environ.get("GITHUB_STEP_SUMMARY")):
        with open(page, "a") as file:
            file.write(summary(outcome))
    verdict_text.show(outcome)
