# SPDX-License-Identifier: BSD-2-Clause
"""`kite compare`."""
import sys

import click

from analysis import machines
from analysis.cli.common import CONTEXT, Progress, kite

WHICH = {"fast": (True,), "slow": (False,), "both": (True, False)}


def board_of(name, port, stand_in, accel, machine_names, resume):
    """The board that is asked for, if one is; a machine under KVM is one, too."""
    if not name and accel != "kvm":
        return None
    from analysis.board import compare as on_board
    from analysis.board import description
    board = description.choose(name, port) if name else description.with_kvm(machine_names)
    return on_board.Board(board, stand_in or accel == "kvm", resume)


@kite.command(context_settings=CONTEXT)
@click.argument("a")
@click.argument("b", default="")
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME", help="Only this machine; may be repeated.")
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX", help="Only rows whose name matches.")
@click.option("--path", "which", type=click.Choice(list(WHICH)), default="both", show_default=True,
              help="Which kernel: with its fast paths, without, or both.")
@click.option("--all", "everything", is_flag=True, help="Show the rows that are the same, too, and each by itself.")
@click.option("--accept", "reason", default="", metavar="REASON",
              help="Let the regressions pass, and record why in results/accepted.jsonl.")
@click.option("--fresh", is_flag=True, help="Measure again what was measured before.")
@click.option("--board", default="", metavar="NAME", help="Measure on this real board (docs/boards.md), both in turn.")
@click.option("--port", default="", metavar="PORT", help="The board's console, if not as its file says.")
@click.option("--stand-in", is_flag=True, help="QEMU's model of the board instead of the board.")
@click.option("--accel", type=click.Choice(["tcg", "kvm"]), default="tcg", show_default=True,
              help="kvm: measure time on this computer's processor, as on a board.")
@click.option("--resume", is_flag=True, help="Of a board: go on with the boots that an interrupted comparison has kept.")
@click.option("--dry-run", is_flag=True, help="Say what would be built and run, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row, then a summary.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
def compare(a, b, names, pattern, which, everything, reason, fresh, board, port, stand_in, accel, resume, dry_run, as_json, quiet):
    """Compare A with B: a verdict for each row, why, and an exit code.

    A and B are commits, tags, branches or records (kite list records); B is the working tree if left out.  A commit is
    built from its own sources in a checkout under build/, and measured by the present laboratory.  A regression passes if
    the baseline under results/exact/ changed with it, or with --accept.

    \b
    Examples:
      kite compare HEAD
      kite compare HEAD~1 --machine qemu-riscv64
      kite compare main topic --filter '^ipc/' --json
      kite compare HEAD~1 --board raspberry-pi-3 --path fast --filter '^ipc/round_trip'
      kite compare v1 --accept 'the check against stale tags costs two instructions'
    """
    from analysis import compare as command
    options = command.Options(a, b, machines.choose_measuring(names), pattern, WHICH[which], as_json, everything, reason,
                              fresh, dry_run, board_of(board, port, stand_in, accel, names, resume))
    sys.exit(command.run(options, Progress(quiet)))
