# SPDX-License-Identifier: BSD-2-Clause
"""`kite bench --board`: builds, boots the board so many times with each kernel, prints the table, keeps the record."""
import json
import re
import signal
import sys
from dataclasses import dataclass

from analysis import bench, build, metrics, paths, pool, record, table
from analysis.board import campaign, control
from analysis.failure import Exit, Failure


@dataclass
class Options:
    board: object
    filter: str = ""
    json: bool = False
    paths: tuple = (True,)
    boots: int = campaign.BOOTS
    stand_in: bool = False
    resume: bool = False
    dry_run: bool = False


def build_board(board, fast_or_slow, say):
    for fast in fast_or_slow:
        build.build(board.preset("release", fast), board.image, "bench.cpio", say=say)


def plan(options):
    """What would be done, a line each."""
    board = options.board
    yield f"{board.name}: {board.cpu}" + (f"; {board.model} stands in" if options.stand_in else f"; console {board.console.port or 'unknown'}")
    for fast in options.paths:
        yield f"  build {board.preset('release', fast)}; boot it {options.boots} times"
    yield f"  command line: {board.words('TOKEN', options.filter)}"


def measured(board, parts, options, say, work):
    """A campaign over these parts, after work(campaign) on it; the board is off afterwards, whatever happens."""
    signal.signal(signal.SIGTERM, pool.interrupt)           # so that no stand-in outlives this program
    starter = control.of(board, options.stand_in, say)
    try:
        running = campaign.Campaign(board, parts, starter, say, options.resume)
        with running.interruptible():
            work(running)
        return running
    finally:
        starter.close()


def wanted(lines, pattern):
    chosen = [line for line in lines if line["type"] == "result" and re.search(pattern, metrics.row_name(line["bench"], line["params"]))]
    if not chosen:
        raise Failure(Exit.USAGE, f"no row matches '{pattern}'; kite bench --list shows what there is")
    return chosen


def number(value):
    return f"{value:.0f}" if value >= 1000 else f"{value:.1f}"


def cells_of(found, counters):
    """The numbers of a row: all that is known by the first counter, the values by the others."""
    first = found.get(counters[0])
    yield from (number(first["value"]), number(first["p99"]), f"{first['spread']:.2%}") if first else ("",) * 3
    yield from (number(found[name]["value"]) if name in found else "" for name in counters[1:])


def show(board, lines, boots, stand_in=False):
    """The table: a line a row, its counters side by side, cycles first."""
    from rich.table import Table
    what = f"{board.model} stands in: the host's time" if stand_in else board.cpu
    shown = Table(box=None, pad_edge=False)
    there = {line["metric"] for line in lines}
    counters = sorted(there, key=lambda name: ("cycles" not in name, list(campaign.UNITS).index(name)))
    shown.add_column("row", no_wrap=True)
    for heading in (counters[0], "p99", "spread", *counters[1:]):
        shown.add_column(heading.replace("_", "\n"), justify="right", no_wrap=True)
    rows = {}
    for line in lines:
        rows.setdefault(metrics.row_name(line["bench"], line["params"]), {})[line["metric"]] = line
    for name, found in rows.items():
        shown.add_row(name, *cells_of(found, counters))
    console = table.console()
    console.print(f"{board.name}: {what}; measured, {boots} {'boots' if boots > 1 else 'boot'} of each kernel\n", soft_wrap=True)
    console.print(shown)
    console.print("an iteration each; value: median over boots of each boot's median; spread: of these medians, between boots; "
                  "counter/read: what reading the counter adds to a batch", style="dim", soft_wrap=True)


def run(options, say):
    """The whole command; returns the exit code."""
    bench.check_filter_early(options.filter)
    board = options.board
    if options.dry_run:
        print("\n".join(plan(options)))
        return Exit.SAME
    build_board(board, options.paths, say)
    version = record.commit_and_dirt()
    parts = [campaign.part_of("fast" if fast else "slow", board, fast, version, options.stand_in, options.filter) for fast in options.paths]
    running = measured(board, parts, options, say, lambda one: one.run(options.boots))
    lines = [line for part in parts for line in running.lines(part.side)]
    chosen = wanted(lines, options.filter)
    if options.json:
        for line in chosen:
            print(json.dumps(line))
    else:
        show(board, chosen, options.boots, options.stand_in)
    sys.stdout.flush()
    say(f"record: {paths.shown(record.write(lines, version))}")
    return Exit.SAME
