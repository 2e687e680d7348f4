# SPDX-License-Identifier: BSD-2-Clause
"""When a regression passes: the accepted numbers under results/exact/ changed along with the code, to just these; or
somebody accepted it with a reason, which results/accepted.jsonl keeps."""
import json

from analysis import baseline, paths, record, trees
from analysis.failure import Exit, Failure
from analysis.metrics import METRICS

BASELINE = "the baseline changed with it"


def baselines_of(tree, machine):
    """The sections of a tree's baseline of a machine: {key: {row: numbers}}."""
    name = f"{machine}.txt"
    if not tree.tree:
        return baseline.read(machine)
    text = trees.git("show", f"{tree.commit}:results/exact/{name}")
    try:
        return baseline.parse(text or "", name)
    except Failure:                                     # an older form of the file says nothing to this program
        return {}


def worse(verdict):
    return {metric: pair for metric, pair in verdict.changes.items() if pair[1] > pair[0]}


def by_baseline(verdict, before, after):
    """Whether B's accepted numbers are those measured, and A's are not yet."""
    old, new = before.get(verdict.name), after.get(verdict.name)
    columns = {metric: i for i, metric in enumerate(METRICS)}
    return bool(new) and all(new[columns[metric]] == now and (old is None or old[columns[metric]] != now)
                             for metric, (_, now) in worse(verdict).items())


def read():
    """{(machine, row, metric, before, after): reason} of what was accepted by hand."""
    try:
        lines = [json.loads(line) for line in paths.ACCEPTED.read_text().splitlines()] if paths.ACCEPTED.exists() else []
        return {tuple(line[key] for key in ("machine", "row", "metric", "before", "after")): line["reason"] for line in lines}
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(Exit.ERROR, f"results/{paths.ACCEPTED.name}: cannot be read: {error}") from None


def keys_of(verdict):
    return [(verdict.machine, verdict.name, metric, *pair) for metric, pair in worse(verdict).items()]


def write(verdicts, reason):
    """Records that these regressions are accepted."""
    known = {**read(), **{key: reason for verdict in verdicts for key in keys_of(verdict)}}
    lines = [json.dumps(dict(zip(("machine", "row", "metric", "before", "after"), key)) | {"reason": why})
             for key, why in known.items()]
    record.write_whole(paths.ACCEPTED, "".join(line + "\n" for line in lines))


def apply(verdicts, a, b, marks, reason):
    """Marks the regressions that pass.  a and b are trees, None for a stored record; marks is B's fingerprint of a machine."""
    regressions = [verdict for verdict in verdicts if verdict.verdict == "REGRESSED"]
    if reason and regressions:
        write(regressions, reason)
    known, sections = read(), {}
    for verdict in regressions:
        machine = verdict.machine
        if a and b and machine not in sections and not verdict.judgement:
            key = baseline.key_of(marks[machine]["compiler"], marks[machine]["qemu"])
            sections[machine] = [baselines_of(tree, machine).get(key, {}) for tree in (a, b)]
        if machine in sections and by_baseline(verdict, *sections[machine]):
            verdict.accepted = BASELINE
        elif reasons := [known[key] for key in keys_of(verdict) if key in known]:
            verdict.accepted = "; ".join(dict.fromkeys(reasons)) if len(reasons) == len(keys_of(verdict)) else ""
