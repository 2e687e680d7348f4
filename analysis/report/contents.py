# SPDX-License-Identifier: BSD-2-Clause
"""What a report holds, as plain data: strings, numbers, lists and dictionaries."""
import re
import shlex
from statistics import median

from analysis import benchmarks, budgets, compare, host, machines, metrics, paths, sides, verdict, verdict_text
from analysis.failure import Exit, Failure
from analysis.plot import choose

HEADLINE = "ipc/round_trip words=0 space=other path=fast stub=inline"
SHOWN_STEPS = re.compile(rf"^{re.escape(HEADLINE)}$")
STEPS_MAX = 30
MARKS = ("commit", "dirty", "compiler", "flags", "qemu", "cpu", "mitigations", "fpu", "text_bytes", "text_sha256",
         "loaded_sha256", "command", "board", "firmware", "id")


def chosen(name, everything=False):
    class Wanted:
        records = (name,) if name else ()
    return choose.records(Wanted, everything)


def arch_of(machine):
    known = machines.all_machines()
    return known[machine].arch if machine in known else ""


def command_of(row, mark):
    """What measures this row again, from a clone of the sources."""
    path = f" --path {row.params['path']}" if row.params.get("path") in ("fast", "slow") else ""
    flag = "--machine" if arch_of(row.machine) else "--board"
    return f"./kite bench {flag} {row.machine}{path} --filter {shlex.quote('^' + row.name + '$')}"


def limits_of(row, arch, limits):
    """Budget and seL4's number of a row's kernel instructions: dictionaries of what there is."""
    if not arch or "kernel_instructions" not in row.values:
        return {}
    budget = budgets.find(limits, row, arch, "kernel_instructions", ("budget", "goal"))
    other = budgets.find(limits, row, arch, "kernel_instructions", ("sel4",))
    value, found = row.values["kernel_instructions"], {}
    if budget and budget[1] is not None:
        found |= {"budget": budget[1], "kept": value <= budget[1]}
    if other and other[1]:
        found |= {"sel4": other[1], "times": round(other[1] / value, 1) if value else None}
    return found


def row_of(row, side, limits):
    return {"name": row.name, "bench": row.bench, "params": row.params, "path": row.params.get("path", ""), "values": row.values,
            "exact": row.kind == "exact", "same": {metric: min(values) == max(values) for metric, values in row.samples.items()},
            "command": command_of(row, side.marks[row.fingerprint]), **limits_of(row, arch_of(row.machine), limits)}


def machine_of(name, side, limits):
    """A machine's rows, in the benchmarks' order, and the metrics that they have."""
    order = list(benchmarks.all_benchmarks())
    rows = [row for row in side.rows.values() if row.machine == name]
    rows.sort(key=lambda row: (order.index(row.bench) if row.bench in order else len(order), metrics.sort_key(row.bench, row.params)))
    there = dict.fromkeys(metric for row in rows for metric in row.values)
    return {"name": name, "arch": arch_of(name), "metrics": [*(metric for metric in metrics.METRICS if metric in there),
            *(metric for metric in there if metric not in metrics.METRICS)], "rows": [row_of(row, side, limits) for row in rows]}


def steps_of(side):
    """Of the headline's row, each machine's steps: what part of the whole each is, and where it stands in the source."""
    for (machine, name), counts in side.profiles.items():
        if SHOWN_STEPS.match(name):
            total, most = sum(counts.values()), max(counts.values())
            places = side.sources.get((machine, "fast"), {})
            yield {"machine": machine, "name": name, "total": total, "steps": [
                {"step": step, "count": count, "share": round(100 * count / most, 1), "source": places.get(step, "")}
                for step, count in list(counts.items())[:STEPS_MAX]]}


def headline(side, limits):
    """The round trip of each machine, in a line."""
    for (machine, name), row in side.rows.items():
        if name == HEADLINE:
            yield {"machine": machine, "value": row.values.get("kernel_instructions"), **limits_of(row, arch_of(machine), limits)}


def comparison_of(before, side):
    """Verdicts, what changed first, and why; None without another record."""
    verdicts = verdict.of_sides(before, side)
    outcome = compare.Outcome(before, side, verdicts, [], compare.code_of(verdicts, [], []))
    groups = verdict_text.alike([one for one in verdicts if one.verdict != verdict.SAME])
    return {"before": before.name, "summary": verdict_text.summary(outcome), "code": int(outcome.code),
            "lines": [{"verdict": group[0].verdict, "text": verdict_text.line_of(group).plain.strip()} for group in groups],
            "why": [line.plain.strip() for line in verdict_text.why_lines(outcome)]}


def history_of(options):
    """The headline's numbers, record by record, oldest first."""
    every = chosen("", everything=True)[-options.history:] if options.history else []
    for one in every:
        values = {line["machine"]: line["value"] for line in one.lines if line["type"] == "result"
                  and line["metric"] == "kernel_instructions" and metrics.row_name(line["bench"], line["params"]) == HEADLINE}
        if values:
            yield {"record": one.path.name, "when": when_of(one.path.name), "commit": one.label, "values": values}


def when_of(name):
    """The time that a record's name begins with, for people."""
    found = re.match(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)", name)
    return "{}-{}-{} {}:{} UTC".format(*found.groups()) if found else ""


def host_of(commit):
    """The newest microbenchmarks of this commit, or nothing."""
    found = sorted(paths.RECORDS.glob(f"*-{commit[:12]}*-host.json"))
    if not found:
        return None
    rows = [{"name": row.name, "ns": round(median(row.ns), 1), "least": round(min(row.ns), 1), "most": round(max(row.ns), 1),
             "command": f"./kite bench --host --filter '^{row.bench}$'"} for row in host.order(host.parse(found[-1].read_text()))]
    return {"record": found[-1].name, "rows": rows}


def mark_of(mark):
    """A fingerprint's fields as text."""
    shown = {key: " ".join(mark[key]) if isinstance(mark[key], list) else str(mark[key]) for key in MARKS if mark.get(key)}
    return {"machine": mark["machine"], "preset": mark.get("preset", ""), "fields": shown}


def gather(options):
    """Everything, of the record that is named or else the newest."""
    one = chosen(options.record)[-1]
    side, limits = sides.of_lines(one.path.name, one.lines), budgets.read()
    if not side.rows:
        raise Failure(Exit.INCOMPARABLE, f"{one.path.name}: has no results")
    names = list(dict.fromkeys(row.machine for row in side.rows.values()))
    before = None
    if options.against:
        other = chosen(options.against)[-1]
        before = sides.of_lines(other.path.name, other.lines)
    commit = one.mark["commit"]
    return {"record": one.path.name, "when": when_of(one.path.name), "commit": commit, "dirty": bool(one.mark.get("dirty")),
            "compiler": one.mark.get("compiler", ""), "headline": list(headline(side, limits)),
            "machines": [machine_of(name, side, limits) for name in names], "steps": list(steps_of(side)),
            "comparison": comparison_of(before, side) if before else None, "history": list(history_of(options)),
            "host": host_of(commit), "marks": [mark_of(mark) for mark in side.marks.values()]}
