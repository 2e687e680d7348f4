# SPDX-License-Identifier: BSD-2-Clause
"""Starting a board anew with a kernel: by commands of the board's file, by labgrid, by asking the person at the board; or
its stand-in.  Each has the same four methods; a port to talk over comes from open()."""
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from analysis.board import port as ports
from analysis.failure import Exit, Failure

COMMAND_SECONDS = 300
LOADER_SECONDS = 90


@dataclass(frozen=True)
class Image:
    """What a board is to boot."""
    kernel: Path
    archive: Path
    command_line: str
    token: str

    def places(self):
        return {"kernel": str(self.kernel), "archive": str(self.archive), "command_line": self.command_line, "token": self.token}


def run(board, command, what, places=None):
    """A command of the board's file, in a shell; Failure(75) with its output if it fails."""
    try:
        text = command.format_map(places or {})
    except (KeyError, ValueError, IndexError) as error:
        raise Failure(Exit.ERROR, f"{board.where}: {what}: '{command}' names {error}, which there is not; "
                                  f"there are: {', '.join('{' + key + '}' for key in places or {}) or 'none'}") from None
    try:
        done = subprocess.run(text, shell=True, capture_output=True, text=True, errors="replace", timeout=COMMAND_SECONDS,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise Failure(Exit.MACHINE, f"{board.name}: {what} did not end in {COMMAND_SECONDS} seconds: {text}") from None
    if done.returncode:
        raise Failure(Exit.MACHINE, f"{done.stdout}{done.stderr}{board.name}: {what} failed with {done.returncode}: {text}")


class Commands:
    """Power and loading by commands; without them a person is asked, who must be there."""
    stand_in = emulates = False

    def __init__(self, board, say):
        self.board, self.say, self.loaded, self.port = board, say, None, None

    def open(self):
        """The port, which stays open from boot to boot, so that nothing of the start is missed."""
        if not self.board.console.port:
            raise Failure(Exit.USAGE, f"{self.board.where}: which port its console is at, the file does not say: [console] port, or --port")
        if not self.port:
            self.port = ports.SerialPort(self.board.console.port, self.board.console.baud)
        return self.port

    def ask(self, text):
        if not sys.stdin.isatty():
            raise Failure(Exit.USAGE, f"{self.board.name}: nobody is here to {text}; [power] and [load] of {self.board.where} can have "
                                      "commands that do it")
        print(f"{self.board.name}: please {text}, then press Enter", file=sys.stderr)
        sys.stdin.readline()

    def places(self, image):
        """What a loading command can name; the card's image is made if it does."""
        if "{image}" not in self.board.load.command:
            return image.places()
        from analysis.board import image as images
        return {**image.places(), "image": str(images.make(self.board, image, images.default_path(self.board)))}

    def load(self, image):
        """Brings the image to where the board boots it from, unless it is there."""
        if self.loaded == image.token:
            return
        if self.board.load.command:
            run(self.board, self.board.load.command, "loading", self.places(image))
        elif not self.board.load.type:
            self.ask(f"put the image there whose token is {image.token} (kite board image {self.board.name})")
        self.loaded = image.token

    def on(self):
        run(self.board, self.board.power.on, "switching it on")

    def off(self):
        if self.board.power.off:
            run(self.board, self.board.power.off, "switching it off")

    def start(self, image):
        self.open()                                 # before anybody is asked for anything
        self.load(image)
        self.off()
        time.sleep(self.board.power.settle if self.board.power.on else 0)
        self.port.forget()
        if self.board.power.on:
            self.on()
        else:
            self.ask("reset it, or switch it off and on")
        talk_to_loader(self.board, self.port, image)

    def close(self):
        if self.port:
            self.port.close()


def wait_for(board, port, text, seconds=LOADER_SECONDS):
    """Reads until a text came; a prompt is no whole line."""
    until, seen = time.monotonic() + seconds, ""
    while time.monotonic() < until:
        seen = (seen + port.read_bytes(0.2).decode("ascii", errors="replace"))[-4096:]
        if text in seen:
            return
    last = "".join(f"    | {line}\n" for line in seen.splitlines()[-10:])
    raise Failure(Exit.MACHINE, f"{last}{board.name}: the boot loader did not say '{text}' in {seconds} seconds")


def talk_to_loader(board, port, image):
    """Types the commands that [load] has for the boot loader's prompt."""
    load = board.load
    if load.stop:
        wait_for(board, port, load.stop)
        port.write(b"\n")
    for command in load.type:
        wait_for(board, port, load.prompt)
        port.write((command.format_map(image.places()) + "\n").encode())


class LabgridPort(ports.LineReader):
    """A labgrid console as a port."""

    def __init__(self, console):
        super().__init__("labgrid's console")
        self.console = console

    def read_bytes(self, timeout):
        import pexpect
        try:
            return self.console.read(size=1, timeout=min(timeout, 0.1), max_size=4096)
        except TypeError:                           # before max_size there was size alone
            return self.read_old(timeout)
        except pexpect.TIMEOUT:
            return b""

    def read_old(self, timeout):
        import pexpect
        try:
            return self.console.read(size=256, timeout=min(timeout, 0.1))
        except pexpect.TIMEOUT:
            return b""

    def write(self, data):
        self.console.write(data)


class Labgrid(Commands):
    """Power and console by a labgrid environment: any of its power and console drivers."""

    def __init__(self, board, say):
        super().__init__(board, say)
        try:
            from labgrid import Environment
        except ImportError:
            raise Failure(Exit.ERROR, f"{board.where}: [power] labgrid needs the Debian package python3-labgrid (0.4.1 or later)") from None
        try:
            self.target = Environment(board.power.labgrid).get_target(board.power.target)
            self.power = self.target.get_driver("PowerProtocol")
        except Exception as error:                  # labgrid raises its own kinds, yaml's, and KeyError
            raise Failure(Exit.ERROR, f"{board.power.labgrid}: labgrid: {error!r}") from None

    def open(self):
        if not self.port:
            self.port = LabgridPort(self.target.get_driver("ConsoleProtocol"))
        return self.port

    def on(self):
        self.power.on()

    def off(self):
        self.power.off()

    def start(self, image):
        self.load(image)
        self.off()
        time.sleep(self.board.power.settle)
        self.open().forget()
        self.on()
        talk_to_loader(self.board, self.port, image)

    def close(self):
        self.target.cleanup()


def of(board, stand_in, say):
    """What starts a board."""
    if stand_in:
        from analysis.board import standin
        return standin.StandIn(board, say)
    return (Labgrid if board.power.labgrid else Commands)(board, say)


def switch(board, what, say):
    """`kite board power`; returns the exit code."""
    starter = of(board, False, say)
    try:
        if what == "off":
            if not (board.power.off or board.power.labgrid):
                raise Failure(Exit.USAGE, f"{board.where}: [power] off has no command")
            starter.off()
        else:
            if not (board.power.on or board.power.labgrid):
                raise Failure(Exit.USAGE, f"{board.where}: [power] on has no command")
            starter.on()
    finally:
        starter.close()
    return Exit.SAME
