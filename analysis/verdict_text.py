# SPDX-License-Identifier: BSD-2-Clause
"""Verdicts as text for people and as JSON: absolute differences first, then percent, then the steps that made them."""
import dataclasses

from rich.text import Text

from analysis import table, verdict
from analysis.failure import Exit

STYLES = {verdict.REGRESSED: "red", verdict.FAILED: "red", verdict.IMPROVED: "green", verdict.INCONCLUSIVE: "yellow"}
STEPS_SHOWN = 8
ROWS_SHOWN = 30


def percent(before, after):
    return f" ({100 * (after - before) / before:+.1f}%)" if before else ""


def delta_text(delta):
    """A difference with its sign; whole numbers as such."""
    if abs(delta) >= 100:
        return f"{delta:+.0f}"
    return f"{int(delta):+d}" if float(delta).is_integer() else f"{delta:+.2f}"


def interval(judgement):
    """What a measured difference comes to: the interval of the ratio in percent, what is not worth a word, the boots."""
    low, high = 100 * (judgement.low - 1), 100 * (judgement.high - 1)
    shape = "; the shape of the distribution changed" if judgement.shape_changed else ""
    return f"{low:+.1f}% to {high:+.1f}%, threshold {100 * judgement.threshold:.1f}%, {judgement.boots} boots each{shape}"


def source_of(outcome, one, name):
    """Where a step or function stands in the source: B's place, or A's if B has it no more."""
    for side in (outcome.b, outcome.a):
        if where := side.sources.get((one.machine, one.path), {}).get(name):
            return where
    return ""


def why_of(outcome, one):
    return [{"step": name, "delta": round(delta, 6), "source": source_of(outcome, one, name)} for name, delta in one.why.items()]


def alike(verdicts):
    """Verdicts of one benchmark that differ by as much in the same number, together; gravest first."""
    groups = {}
    for one in verdicts:
        metric, before, after = one.worst if one.changes else ("", 0, 0)
        key = (one.verdict, one.machine, one.path, one.bench, metric, after - before, bool(one.accepted), one.reason,
               one.name if one.judgement else "")
        groups.setdefault(key, []).append(one)
    return sorted(groups.values(), key=lambda group: verdict.ORDER.index(group[0].verdict))


def line_of(group):
    """One line for verdicts that are alike."""
    one = group[0]
    more = f"; {len(group)} rows" if len(group) > 1 else ""
    if not one.changes:
        return Text(f"{one.verdict:>14}  {one.machine}: {one.name}{': ' + one.reason if one.reason else ''}{more}",
                    style=STYLES.get(one.verdict, ""))
    metric, before, after = one.worst
    delta, how_much = after - before, percent(before, after)
    if one.judgement:
        before, after, how_much = f"{before:.6g}", f"{after:.6g}", f" ({interval(one.judgement)})"
    accepted = f"  (accepted: {one.accepted})" if one.accepted else ""
    return Text(f"{one.verdict:>14}  {delta_text(delta)} {metric}  {one.machine}: {one.name}: {before} -> {after}"
                f"{how_much}{more}{accepted}", style="" if one.accepted else STYLES.get(one.verdict, ""))


def reasons(outcome):
    """{(machine, path, step, delta): rows} of everything that differs."""
    found = {}
    for one in outcome.verdicts:
        for name, delta in one.why.items():
            found.setdefault((one.machine, one.path, name, round(delta, 6)), []).append(one)
    return found


def why_lines(outcome):
    """The steps and functions that gained or lost instructions, those that concern the most rows first."""
    found = sorted(reasons(outcome).items(), key=lambda item: (item[0][:2], -len(item[1]), -abs(item[0][3])))
    for place in dict.fromkeys(key[:2] for key, _ in found):
        mine = [(key, rows) for key, rows in found if key[:2] == place]
        for (machine, path, name, delta), rows in mine[:STEPS_SHOWN]:
            where = source_of(outcome, rows[0], name)
            yield Text(f"  {machine}, {path} path: {delta_text(delta)} instructions in {name}"
                       f"{' (' + where + ')' if where else ''}; {len(rows)} rows, e.g. {rows[0].bench}")
        if len(mine) > STEPS_SHOWN:
            yield Text(f"  {place[0]}, {place[1]} path: and {len(mine) - STEPS_SHOWN} more; --json has them all")


def counts(verdicts):
    kinds = [one.verdict for one in verdicts]
    return {kind: kinds.count(kind) for kind in verdict.ORDER if kind in kinds}


def failure_lines(outcome):
    for side in (outcome.a, outcome.b):
        for (machine, path), failure in side.failures.items():
            yield Text(f"{verdict.FAILED:>14}  {side.name}: {machine}, {path} path: {failure}", style="red")


def show(outcome, everything=False):
    """Prints the comparison for people."""
    console = table.console()
    console.print(f"A: {outcome.a.name}   B: {outcome.b.name}")
    for machine, fast in outcome.identical:
        console.print(f"     identical  {machine}, {'fast' if fast else 'slow'} path: everything loaded hashes alike; not run",
                      soft_wrap=True)
    for line in failure_lines(outcome):
        console.print(line, soft_wrap=True)
    shown = [one for one in outcome.verdicts if everything or one.verdict != verdict.SAME]
    groups = [[one] for one in shown] if everything else alike(shown)
    for group in groups if everything else groups[:ROWS_SHOWN]:
        console.print(line_of(group), soft_wrap=True)
    if len(groups) > ROWS_SHOWN and not everything:
        console.print(f"  and {sum(map(len, groups[ROWS_SHOWN:]))} more rows; --all shows them")
    if lines := list(why_lines(outcome)):
        console.print("why:")
        for line in lines:
            console.print(line, soft_wrap=True)
    console.print(summary(outcome))


def summary(outcome):
    found = ", ".join(f"{count} {kind}" for kind, count in counts(outcome.verdicts).items())
    accepted = sum(bool(one.accepted) for one in outcome.verdicts)
    words = [found or "no rows compared"] + ([f"{accepted} of them accepted"] if accepted else [])
    words += [f"{len(outcome.identical)} identical and not run"] if outcome.identical else []
    return f"{'; '.join(words)} (exit {int(outcome.code)}: {Exit(outcome.code).name.lower()})"


def json_lines(outcome):
    """A line a row, then the summary."""
    for one in outcome.verdicts:
        changes = {metric: {"before": before, "after": after, "delta": after - before}
                   for metric, (before, after) in one.changes.items()}
        yield {"type": "verdict", "machine": one.machine, "bench": one.bench, "params": one.params, "verdict": one.verdict,
               "changes": changes, "why": why_of(outcome, one), "reason": one.reason, "accepted": one.accepted,
               **({"judgement": dataclasses.asdict(one.judgement)} if one.judgement else {})}
    identical = [{"machine": machine, "path": "fast" if fast else "slow"} for machine, fast in outcome.identical]
    yield {"type": "summary", "a": outcome.a.name, "b": outcome.b.name, "counts": counts(outcome.verdicts),
           "identical": identical, "exit": int(outcome.code)}
