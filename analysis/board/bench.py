# SPDX-License-Identifier: BSD-2-Clause
"""`kite bench --board`: builds, boots the board so many times with each kernel, prints the table, keeps the record."""
import json
import re
import sys
from dataclasses import dataclass

from analysis import bench, build, metrics, paths, record, table
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
    starter = control.of(board, options.stand_in, say)
    try:
        running = campaign.Campaign(board, parts, starter, say, options.resume)
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


def show(board, lines, boots, stand_in=False):
    """The table: a line a row, its counters side by side."""
    from rich.table import Table
    what = f"{board.model} stands in: the host's time" if stand_in else board.cpu
    shown = Table(title=f"{board.name}: {what}; measured, {boots} boots of each kernel", title_justify="left", box=None, pad_edge=False)
    counters = [name for name in campaign.UNITS if any(line["metric"] == name for line in lines)]
    shown.add_column("row", no_wrap=True)
    for name in counters:
        for heading in (name.replace("_", "\n"), "p99", "spread"):
            shown.add_column(heading, justify="right", no_wrap=True)
    rows = {}
    for line in lines:
        rows.setdefault(metrics.row_name(line["bench"], line["params"]), {})[line["metric"]] = line
    for name, found in rows.items():
        cells = [(number(found[one]["value"]), number(found[one]["p99"]), f"{found[one]['spread']:.2%}") if one in found else ("",) * 3
                 for one in counters]
        shown.add_row(name, *(cell for three in cells for cell in three))
    console = table.console()
    console.print(shown, soft_wrap=True)
    console.print("an iteration each; value: median over boots of each boot's median; spread: of these medians, between boots; "
                  "counter/read: what reading the counter adds to a batch", style="dim")


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
