# SPDX-License-Identifier: BSD-2-Clause
"""`kite bench`: builds, boots every machine twice with and without fast paths, checks, prints, compares, keeps a record."""
import json
import re
import sys
from dataclasses import dataclass

from analysis import baseline, benchmarks, bounds, budgets, build, emulator, metrics, pool, progress, record, sanity, table
from analysis.failure import Exit, Failure

@dataclass
class Options:
    machines: list
    filter: str = ""
    json: bool = False
    paths: tuple = (True, False)            # fast, slow
    update_baseline: bool = False
    wide: bool = False
    dry_run: bool = False

    @property
    def complete(self):
        """Whether everything there is gets measured, so that what the baseline has besides is gone."""
        return not self.filter and len(self.paths) == 2


def plan(options):
    """What would be done, in sentences."""
    for machine in options.machines:
        for fast in options.paths:
            yield f"build {machine.preset('release', fast)}; boot {machine.name} twice"
    yield "build host-release: the plugin that counts"
    if options.update_baseline:
        yield "write results/exact/ of these machines"


def build_all(options, say):
    for machine in options.machines:
        for fast in options.paths:
            build.build(machine.preset("release", fast), machine.image, "bench.cpio", say=say)
    build.build_plugin(say=say)


def measure_all(options, say):
    """Two boots of every machine and path: {(machine name, fast): (boot, boot)}."""
    jobs = [(machine, fast) for machine in options.machines for fast in options.paths for _ in range(2)]

    done = progress.Remaining(say, len(jobs))

    def measure(job):
        machine, fast = job
        say(f"measuring {machine.name}, {'fast' if fast else 'slow'} path")
        boot = emulator.measure(machine, fast)
        done(f"measured {machine.name}, {'fast' if fast else 'slow'} path")
        return boot

    boots = list(pool.run_all(measure, jobs))
    return {(boot.machine.name, boot.fast): (boot, again) for boot, again in zip(boots[::2], boots[1::2])}


def check_deterministic(pairs):
    """Failure(4) if two boots of the same differ in anything that was counted."""
    for (name, fast), (first, second) in pairs.items():
        if first.counted() == second.counted():
            continue
        kind = "fast" if fast else "slow"
        differing = [f"{row.name}: {metric} {row.values[metric]} and {other.values[metric]}"
                     for row, other in zip(metrics.rows_of_boot(first), metrics.rows_of_boot(second))
                     for metric in metrics.METRICS if row.samples[metric] != other.samples[metric]]
        what = "\n  ".join(differing[:10]) or "outside the measured rows"
        raise Failure(Exit.INCONCLUSIVE, f"{name}, {kind} path: nondeterministic: two runs differ:\n  {what}")


def chosen_rows(pairs, options):
    """All rows, and those that the filter wants; exit 2 and the list if it wants none."""
    rows = [row for first, _ in pairs.values() for row in metrics.rows_of_boot(first)]
    order = [machine.name for machine in options.machines]
    rows.sort(key=lambda row: (order.index(row.machine), row.sort_key))
    wanted = [row for row in rows if re.search(options.filter, row.name)]
    if not wanted:
        names = ", ".join(dict.fromkeys(row.bench for row in rows))
        raise Failure(Exit.USAGE, f"no row matches '{options.filter}'; there are: {names}; a row is called, for example, "
                                  f"'{rows[0].name}'")
    return rows, wanted


def check_filter_early(text):
    """Exit 2 before anything is built, if the filter is no expression or names a benchmark that cannot be."""
    try:
        expression = re.compile(text)
    except re.error as error:
        raise Failure(Exit.USAGE, f"--filter '{text}' is no regular expression: {error}") from None
    known = benchmarks.all_benchmarks()
    plain = re.match(r"\^?([a-z_]+/[a-z_]+)(?= |$)", text)
    if plain and not any(name.startswith(plain[1]) or expression.search(name) for name in known):
        raise Failure(Exit.USAGE, f"no benchmark matches '{text}'; there are: {', '.join(known)}")


def check_sane(rows, options):
    breaches = sanity.breaches(rows)
    breaches += sanity.missing_benchmarks(rows, [machine.name for machine in options.machines], benchmarks.all_benchmarks())
    return breaches


def lines_of_record(pairs, rows, tree):
    """The record: every boot's fingerprint, then what was measured with it."""
    lines = []
    for (name, fast), (boot, _) in pairs.items():
        mark = record.fingerprint(boot.machine, fast, tree)
        mine = [row for row in rows if row.machine == name and row.params["path"] == ("fast" if fast else "slow")]
        lines.append(mark)
        for row in mine:
            lines += [*record.results_of(row, mark["id"]), record.samples_of(row, mark["id"])]
        lines += record.profiles_of(boot, mark["id"])
    return lines


def print_tables(rows, pairs, options):
    console, limits, order = table.console(), budgets.read(), list(benchmarks.all_benchmarks())
    for machine in options.machines:
        mine = sorted((row for row in rows if row.machine == machine.name), key=lambda row: order.index(row.bench))
        if not mine:
            continue
        qemu = emulator.qemu_version(machine)
        title = f"{machine.name}: {machine.cpu}, QEMU {qemu} -icount shift=0; exact counts, twice the same"
        console.print(table.table_of(machine, mine, limits, title, options.wide))
    console.print(table.NOTES, style="dim")
    console.print()
    for machine in options.machines:
        for line in bounds.texts(machine, bounds_of(machine, pairs)):
            console.print(line)


def bounds_of(machine, pairs):
    """What is bounded of the kernel as a whole, of the build that was measured first."""
    pair = pairs.get((machine.name, True)) or pairs.get((machine.name, False))
    return bounds.measured(machine, pair[0].report.longest)


def compare(rows, pairs, options, say):
    """Shows what differs from the baselines; returns whether anything got worse."""
    worse = False
    for machine in options.machines:
        mine = [row for row in rows if row.machine == machine.name]
        compiler, _ = build.compiler_of(machine.preset("release", options.paths[0]))
        key = baseline.key_of(compiler, emulator.qemu_version(machine))
        if options.update_baseline:
            baseline.update(machine.name, key, mine, options.complete)
            if options.complete:
                bounds.update(key, machine.name, bounds_of(machine, pairs))
            say(f"wrote results/exact/{machine.name}.txt [{key}]")
            continue
        known, changes, new = baseline.compare(machine.name, key, mine)
        if not known:
            say(f"{machine.name}: no baseline for this key [{key}]; --update-baseline makes one")
            continue
        gone = baseline.missing(machine.name, key, mine) if options.complete else []
        worse |= show_difference(machine, key, changes, new, gone)
        for text in options.complete and bounds.differences(key, machine.name, bounds_of(machine, pairs)) or ():
            table.error_console().print(f"{machine.name}: {text}")
    return worse


def show_difference(machine, key, changes, new, gone):
    console = table.error_console()
    if not changes and not new and not gone:
        console.print(f"{machine.name}: equal to its baseline [{key}]")
        return False
    console.print(f"{machine.name}: differs from its baseline [{key}]; --update-baseline accepts this:")
    for text in table.change_texts(changes):
        console.print(text)
    for row in new:
        console.print(f"  new: {row.name}")
    for name in gone:
        console.print(f"  gone: {name}")
    return bool(gone) or any(now > before for _, _, before, now in changes)


def print_json(lines, wanted):
    """The results of the wanted rows, one a line."""
    for line in lines:
        if line["type"] == "result" and (line["machine"], metrics.row_name(line["bench"], line["params"])) in wanted:
            print(json.dumps(line))


def run(options, say):
    """The whole command; returns the exit code."""
    check_filter_early(options.filter)
    if options.dry_run:
        print("\n".join(plan(options)))
        return Exit.SAME
    build_all(options, say)
    pairs = measure_all(options, say)
    check_deterministic(pairs)
    rows, wanted = chosen_rows(pairs, options)
    breaches = check_sane(rows, options)
    tree = record.commit_and_dirt()
    lines = lines_of_record(pairs, rows, tree)
    if options.json:
        print_json(lines, {(row.machine, row.name) for row in wanted})
    else:
        print_tables(wanted, pairs, options)
    sys.stdout.flush()
    if breaches:
        raise Failure(Exit.BENCHMARK, "\n".join(breaches))
    say(f"record: {record.write(lines, tree).relative_to(record.paths.ROOT)}")
    return Exit.REGRESSION if compare(rows, pairs, options, say) else Exit.SAME
