# SPDX-License-Identifier: BSD-2-Clause
"""`kite bench`."""
import sys

import click

from analysis import machines
from analysis.cli import listing
from analysis.cli.common import CONTEXT, Progress, kite


@kite.command(context_settings=CONTEXT)
@click.option("--machine", "-m", "names", multiple=True, metavar="NAME", help="Only this machine; may be repeated.")
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX",
              help="Only rows whose name matches; a row's name is like 'ipc/call words=0 space=other path=fast stub=inline'.")
@click.option("--path", "which", type=click.Choice(["fast", "slow", "both"]), default="both", show_default=True,
              help="Which kernel: with its fast paths, without, or both.")
@click.option("--list", "show_list", is_flag=True, help="Show the benchmarks and the machines, and measure nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of the table.")
@click.option("--wide", is_flag=True, help="In the table, a line for each path, with all its numbers.")
@click.option("--board", "board", default="", metavar="NAME", help="Measure on this real board (kite board list), or a file of your own.")
@click.option("--port", default="", metavar="PORT", help="The board's console, if not as its file says.")
@click.option("--stand-in", is_flag=True, help="QEMU's model of the board, behind a pseudo-terminal, instead of the board.")
@click.option("--model", default="", metavar="MACHINE", help="This machine stands in for the board, and not the one of its file.")
@click.option("--boots", type=click.IntRange(1, 1000), default=8, show_default=True, help="Of a board, with each kernel.")
@click.option("--resume", is_flag=True, help="Of a board: go on with the boots that an interrupted run has kept.")
@click.option("--accel", type=click.Choice(["tcg", "kvm"]), default="tcg", show_default=True,
              help="kvm: measure time on this computer's processor, as on a board.")
@click.option("--dry-run", is_flag=True, help="Say what would be built and run, and do nothing.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
@click.option("--update-baseline", is_flag=True, help="Accept the numbers: write them into results/exact/.")
@click.option("--host", "on_host", is_flag=True, help="Instead, the portable kernel's microbenchmarks on this computer.")
@click.option("--repetitions", type=click.IntRange(2, 1000), default=9, show_default=True, metavar="N", help="Of --host.")
@click.option("--working-set", type=click.IntRange(0, 1 << 16), default=None, metavar="KIB",
              help="Of --host and --board: memory that is touched before each cold one; 0: warm caches only.  "
                   "[default: 8192 of --host, 0 of --board]")
def bench(names, pattern, which, show_list, as_json, wide, board, port, stand_in, model, boots, resume, accel, dry_run, quiet,
          update_baseline, on_host, repetitions, working_set):
    """Build, boot, measure, print the table, keep the record.

    Every machine is booted twice; exact counts that differ end with exit code 4.  A board (docs/boards.md) is booted
    several times with each kernel, and its numbers are measured: they differ from boot to boot.

    \b
    Examples:
      kite bench
      kite bench --machine qemu-riscv64 --filter 'ipc/round_trip words=(0|8) space=other'
      kite bench --json --quiet | jq 'select(.metric == "kernel_instructions")'
      kite bench --host --filter '^(sched|tree)/' --working-set 512
      kite bench --board hifive-unleashed --port /dev/ttyUSB1 --path fast
      kite bench --board raspberry-pi-3 --stand-in --boots 2
      kite bench --board raspberry-pi-3 --working-set 512 --filter '^ipc/'
    """
    from analysis import bench as command
    if on_host:
        from analysis import host
        if names or update_baseline or board:
            raise click.UsageError("--host measures this computer alone, and has no baseline")
        touched = host.WORKING_SET if working_set is None else working_set
        sys.exit(host.run(host.Options(pattern, as_json, repetitions, touched, dry_run), Progress(quiet)))
    if show_list:
        listing.list_benchmarks(as_json)
        listing.list_machines(as_json)
        return
    chosen = {"fast": (True,), "slow": (False,), "both": (True, False)}[which]
    if board or accel == "kvm":
        from analysis.board import bench as board_bench
        from analysis.board import description
        found = description.choose(board, port, model) if board else description.with_kvm(names)
        found = description.with_working_set(found, working_set or 0)
        wanted = board_bench.Options(found, pattern, as_json, chosen, boots, stand_in or bool(model) or accel == "kvm", resume, dry_run)
        sys.exit(board_bench.run(wanted, Progress(quiet)))
    options = command.Options(machines.choose_measuring(names), pattern, as_json, chosen, update_baseline, wide, dry_run)
    sys.exit(command.run(options, Progress(quiet)))
