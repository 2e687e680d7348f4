# SPDX-License-Identifier: BSD-2-Clause
"""`kite board`: the boards that there are, whether they work, and what goes onto their cards."""
import json
import sys
from pathlib import Path

import click

from analysis.cli.common import CONTEXT, Progress, kite
from analysis.failure import Exit

PORT = click.option("--port", default="", metavar="PORT", help="Its console, if not as its file says.")
QUIET = click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")


@kite.group(context_settings=CONTEXT)
def board():
    """Real boards (docs/boards.md): list them, check one, write its image, switch it, watch its console.

    A board is a name of boards/, or the path of a .toml file of your own.
    """


@board.command("list", context_settings=CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_boards(as_json):
    """The boards of boards/.

    \b
    Examples:
      kite board list
    """
    from analysis.board import description
    for one in description.all_boards().values():
        fields = {"board": one.name, "arch": one.arch, "cpu": one.cpu, "console": one.console.port, "model": one.model,
                  "image": one.load.image, "counters": list(one.counters.there)}
        click.echo(json.dumps(fields) if as_json else f"{one.name:20} {one.arch:8} {one.cpu}; {one.model or 'nothing'} stands in")


@board.command(context_settings=CONTEXT)
@click.argument("name")
@PORT
@click.option("--stand-in", is_flag=True, help="QEMU's model of it instead of the board.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check.")
@QUIET
def check(name, port, stand_in, as_json, quiet):
    """Whether everything is there to measure on a board; in the end it is booted once, and must answer.

    Exit code 0 if all is well, 75 if not.

    \b
    Examples:
      kite board check my-pi.toml
      kite board check hifive-unleashed --stand-in
    """
    from analysis.board import check as command
    from analysis.board import description
    sys.exit(command.run(description.choose(name, port), stand_in, as_json, Progress(quiet)))


@board.command(context_settings=CONTEXT)
@click.argument("name")
@click.option("--output", "-o", default="", metavar="PATH", help="A file or folder; build/boards/NAME if left out.")
@click.option("--slow", is_flag=True, help="The kernel without its fast paths.")
@click.option("--filter", "-f", "pattern", default="", metavar="REGEX", help="Measure no other rows, where it names a benchmark.")
@QUIET
def image(name, output, slow, pattern, quiet):
    """Write what goes onto a board's card or stick, with its boot loader's own tools.

    A PC gets an image for a USB stick, the HiFive Unleashed files that U-Boot starts, the Raspberry Pi files that its
    firmware loads.  Prints the path, and the token by which kite bench knows that the board runs this.

    \b
    Examples:
      kite board image pc -o stick.iso
      kite board image raspberry-pi-3 -o /media/me/card
    """
    from analysis.board import description
    from analysis.board import image as command
    chosen = description.choose(name)
    made = command.build_and_part(chosen, not slow, pattern, Progress(quiet))
    path = command.make(chosen, made.image, Path(output) if output else command.default_path(chosen))
    click.echo(f"{path} token {made.image.token}")


@board.command(context_settings=CONTEXT)
@click.argument("name")
@click.argument("what", type=click.Choice(["on", "off"]))
@QUIET
def power(name, what, quiet):
    """Switch a board on or off, as its file says how.

    \b
    Examples:
      kite board power my-pi.toml off
    """
    from analysis.board import control, description
    sys.exit(control.switch(description.choose(name), what, Progress(quiet)))


@board.command(context_settings=CONTEXT)
@click.argument("name")
@PORT
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=None, help="Stop after so long; else Ctrl-C ends it.")
def console(name, port, seconds):
    """Show what comes over a board's console, and change nothing.

    \b
    Examples:
      kite board console hifive-unleashed --port /dev/ttyUSB1
    """
    from analysis.board import control, description
    from analysis.board import check as command
    chosen = description.choose(name, port)
    heard = command.listen(control.of(chosen, False, Progress(True)).open(), seconds, click.echo)
    sys.exit(Exit.SAME if heard else Exit.MACHINE)
