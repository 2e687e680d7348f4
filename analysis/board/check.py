# SPDX-License-Identifier: BSD-2-Clause
"""`kite board check`: everything that a measurement needs, tried one after the other."""
import json
import time

from analysis import machines, record
from analysis.board import bench, campaign, control
from analysis.failure import Exit, Failure

SHORT = "^system/null"


def checks(board, stand_in, say):
    """(what, function that returns what was found or raises a Failure)."""
    def model():
        if not board.model:
            return "none: this board cannot be tried without it"
        lacks = machines.all_machines()[board.model].lacks()
        return f"{board.model}" + (f", for which this computer lacks {', '.join(lacks)}" if lacks else "")

    def built():
        bench.build_board(board, (True,), say)
        return board.preset("release")

    def answers():
        part = campaign.part_of("fast", board, True, record.commit_and_dirt(), stand_in, SHORT)
        starter = control.of(board, stand_in, say)
        try:
            boot = campaign.Campaign(board, [part], starter, say).measure_once("fast")
        finally:
            starter.close()
        return (f"{len(boot.series)} series of samples, by {boot.hello['counters']}; {boot.damaged} damaged lines, {boot.asked} requests; "
                f"clock {boot.hello['hz']} Hz")

    def port():
        starter = control.of(board, stand_in, say)
        try:
            return starter.open().name
        finally:
            starter.close()

    return [("file", lambda: board.where), ("stand-in", model), ("console", port), ("kernel", built), ("boots", answers)]


def run(board, stand_in, as_json, say):
    """Prints a line a check, and stops at the first that fails."""
    for what, function in checks(board, stand_in, say):
        try:
            well, text = True, function()
        except Failure as failure:
            well, text = False, str(failure)
        print(json.dumps({"check": what, "ok": well, "text": text}) if as_json else f"{'ok' if well else 'NOT OK':6} {what}: {text}", flush=True)
        if not well:
            return Exit.MACHINE
    return Exit.SAME


def listen(port, seconds, show):
    """Shows what comes in for so long; whether anything did."""
    until, heard = time.monotonic() + seconds if seconds else None, False
    while until is None or time.monotonic() < until:
        line = port.read_line(0.2)
        if line:
            heard = True
            show(line)
    return heard
