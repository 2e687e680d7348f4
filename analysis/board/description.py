# SPDX-License-Identifier: BSD-2-Clause
"""Boards as boards/*.toml describe them: files with a [console]; boards/README.md explains the keys."""
import dataclasses
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from analysis import machines, paths
from analysis.failure import Exit, Failure

COUNTERS = ("cycles", "retired_instructions", "ticks", "event")         # bench/guest/counter.def
IMAGES = ("grub", "u-boot", "raspberry-pi", "none")


@dataclass(frozen=True)
class Console:
    port: str = ""
    baud: int = 115200
    silence: float = 60.0       # seconds: firmware may take long before it says anything


@dataclass(frozen=True)
class Power:
    on: str = ""
    off: str = ""
    labgrid: str = ""           # a labgrid environment file, which has power and console
    target: str = "main"
    settle: float = 1.0         # seconds between off and on


@dataclass(frozen=True)
class Load:
    command: str = ""           # run before each boot whose image is another
    image: str = "none"         # what `kite board image` writes
    stop: str = ""              # what stops the boot loader's countdown, and what it says then
    prompt: str = ""
    type: tuple = ()            # what to type at its prompt


@dataclass(frozen=True)
class Clock:
    ticks_hz: int = 0           # of the counter ticks; 0: what the board says
    note: str = ""


@dataclass(frozen=True)
class Counters:
    there: tuple = ("ticks",)
    in_model: tuple = ("ticks",)        # what QEMU's model of it has of these
    samples: int = 200
    batch: int = 16
    words: str = "kite.counters"
    event: int = 0              # counted as `event`, by the processor's own number


@dataclass(frozen=True)
class Noise:
    """What a stand-in does to the line."""
    flips: float = 0.0          # probability of each byte
    lost: float = 0.0           # of each line
    reboot_after: int = 0       # bytes from the board until it starts anew, once; 0: never
    seed: int = 1


@dataclass(frozen=True)
class Board:
    name: str
    arch: str
    cpu: str
    image: str = "kernel.image"
    model: str = ""             # the machine of boards/ that can stand in for it
    accel: str = ""             # what the model runs on, if not QEMU's own
    firmware: str = ""          # what runs before or beneath the kernel, with its version, in words
    mitigations: str = "none"
    notes: str = ""
    console: Console = field(default_factory=Console)
    power: Power = field(default_factory=Power)
    load: Load = field(default_factory=Load)
    clock: Clock = field(default_factory=Clock)
    counters: Counters = field(default_factory=Counters)
    noise: Noise = field(default_factory=Noise)
    builds: str = ""            # as machines.Machine has it
    where: str = ""             # the file

    preset = machines.Machine.preset

    def directory(self, fast):
        return paths.preset_directory(self.preset("release", fast))

    def words(self, token, pattern=""):
        """The kernel's command line for a measurement."""
        event = f"kite.event={self.counters.event}" if self.counters.event else ""
        words = ["kite.floors", self.counters.words, event, f"board={token}", f"samples={self.counters.samples}",
                 f"batch={self.counters.batch}", f"filter={guest_filter(pattern)}" if guest_filter(pattern) else ""]
        return " ".join(filter(None, words))


def with_working_set(board, kib):
    """The board measured with cold caches: so much memory is touched before each sample (bench/guest/measure.c)."""
    if not kib:
        return board
    words = f"{board.counters.words} set={kib}".strip()
    return dataclasses.replace(board, counters=dataclasses.replace(board.counters, words=words))


def guest_filter(pattern):
    """The part of a row's name that the program can choose by, of an expression about rows; "" for all."""
    found = re.match(r"\^?([a-z_]+/[a-z_]*|[a-z_]+/?)(?=$| )", pattern)
    return found[1] if found and "|" not in pattern else ""


def table(kind, fields, where, name):
    """One of the tables as its class; says which key is wrong."""
    known = {one.name: one for one in dataclasses.fields(kind)}
    for key, value in fields.items():
        if key not in known:
            raise Failure(Exit.ERROR, f"{where}: [{name}] has no key '{key}'; there are: {', '.join(known)}")
        wanted = type(getattr(kind(), key))
        fits = isinstance(value, (list, tuple) if wanted is tuple else (int, float) if wanted is float else wanted)
        if not fits or isinstance(value, bool):
            raise Failure(Exit.ERROR, f"{where}: [{name}] {key} must be a {'list' if wanted is tuple else wanted.__name__}")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()})


TABLES = {"console": Console, "power": Power, "load": Load, "clock": Clock, "counters": Counters, "noise": Noise}


def make_board(fields, where):
    parts = {name: table(kind, fields.get(name, {}), where, name) for name, kind in TABLES.items()}
    try:
        board = Board(**{**fields, **parts}, where=where)
    except TypeError as error:
        raise Failure(Exit.ERROR, f"{where}: {str(error).replace('Board.__init__() ', '')}") from None
    check(board)
    return board


def check(board):
    """Failure(1) for a description that cannot be right."""
    def wrong(text):
        raise Failure(Exit.ERROR, f"{board.where}: {text}")
    if board.arch not in machines.ARCHITECTURES:
        wrong(f"arch '{board.arch}' is none of {', '.join(machines.ARCHITECTURES)}")
    if unknown := [name for name in board.counters.there + board.counters.in_model if name not in COUNTERS]:
        wrong(f"[counters] there: no counter is called '{unknown[0]}'; there are: {', '.join(COUNTERS)}")
    if board.load.image not in IMAGES:
        wrong(f"[load] image '{board.load.image}' is none of {', '.join(IMAGES)}")
    if board.model and board.model not in machines.all_machines():
        wrong(f"model '{board.model}' is no machine of boards/")
    if not 1 <= board.counters.samples <= 1024 or not 1 <= board.counters.batch:
        wrong("[counters] samples is 1 to 1024, batch at least 1")


def read(path):
    """The board of a file; None if it describes an emulated machine."""
    where = f"boards/{path.name}" if path.parent == paths.BOARDS else str(path)
    try:
        fields = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Failure(Exit.ERROR, f"{where}: {error}") from None
    if "console" not in fields:
        return None
    board = make_board(fields, where)
    if board.name != path.stem:
        raise Failure(Exit.ERROR, f"{where}: its name is '{board.name}'; it must be the file's")
    return board


def all_boards():
    found = [read(path) for path in sorted(paths.BOARDS.glob("*.toml"))]
    return {board.name: board for board in found if board}


def choose(name, port="", model=""):
    """A board by its name, or by a file of one's own; port is another console than it says, model another stand-in."""
    path = Path(name)
    if path.suffix == ".toml" and path.is_file():
        board = read(path.resolve())
        if not board:
            raise Failure(Exit.USAGE, f"{name}: has no [console], so it is no board")
    else:
        board = all_boards().get(name)
    if not board:
        raise Failure(Exit.USAGE, f"there is no board '{name}'; there are: {', '.join(all_boards())}; or a .toml file of your own")
    if model:
        board = dataclasses.replace(board, model=machines.choose([model])[0].name)
        if machines.all_machines()[model].arch != board.arch:
            raise Failure(Exit.USAGE, f"'{model}' is no {board.arch} machine, and cannot stand in for {board.name}")
    return dataclasses.replace(board, console=dataclasses.replace(board.console, port=port)) if port else board


def with_kvm(names):
    """The board that a machine is when it runs on KVM: the host's processor, and its clock."""
    machine = machines.choose(names or ["qemu-x86_64"])[0]
    return Board(machine.name, machine.arch, "the host's processor, under KVM", machine.image, model=machine.name, accel="kvm",
                 firmware="QEMU's", mitigations=machine.mitigations, where="--accel kvm")
