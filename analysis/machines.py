# SPDX-License-Identifier: BSD-2-Clause
"""The machines of boards/ and their variants: a TOML file a machine, whose keys boards/README.md explains."""
import shutil
import tomllib
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from analysis import paths
from analysis.failure import Exit, Failure

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")


@dataclass(frozen=True)
class Machine:
    name: str
    arch: str
    command: tuple
    cpu: str
    image: str = "kernel.image"
    exit: str = ""
    mitigations: str = "none"
    firmware: tuple = ()
    measures: bool = True                       # it is QEMU, which counts; others run tests
    serial: str = ""                            # the environment's variable that names a terminal for its console
    tests: str = ""                             # words for the test program alone, such as a filter
    icount: bool = False                        # it measures nothing, and yet the tests run it by counted instructions
    notes: str = ""
    variant_of: str = ""                        # the machine that this one differs from; set by its table's place
    words: str = ""                             # on the kernel's command line always, before what the caller asks for
    needs: tuple = ()                           # commands and files that not every host has
    tested: str = "debug"                       # the kind of kernel that the tests boot on what is no main machine
    powers_off: bool = True                     # if not, the kernel's last word is the end
    builds: str = ""                            # where presets are built, if not in paths.BUILD (trees.py)

    @property
    def main(self):
        """Whether it is one of those that everything runs on, unless others are named."""
        return self.measures and not self.variant_of

    def lacks(self):
        """What it needs and this host has not."""
        return [need for need in self.needs if not (glob(need) if need.startswith("/") else shutil.which(need))]

    def preset(self, kind="release", fast=True):
        """The preset that builds the kernel for this machine: kind is release or debug.  Of another tree's machine it is
        an absolute path, which paths.preset_directory() leaves as it is."""
        return str(Path(self.builds) / (f"{self.arch}-{kind}" + ("" if fast else "-slow")))

    def boot_command(self, preset, archive, command_line):
        """The command that boots what a preset built, with the archive as the first task's."""
        return self.command_of(str(paths.preset_directory(preset) / self.image), str(archive), command_line)

    def command_of(self, kernel, archive, command_line):
        """The same for files that lie anywhere."""
        line = " ".join(filter(None, (self.words, command_line)))
        places = {"kernel": kernel, "archive": archive, "command_line": line, "boards": str(paths.BOARDS)}
        return [word.format_map(places) for word in self.command]


def with_options(command, options, where):
    """The command with another word after each of these options."""
    command = list(command)
    for option, word in options.items():
        if option not in command[:-1]:
            raise Failure(Exit.ERROR, f"{where}: the command has no option '{option}'")
        command[command.index(option) + 1] = word
    return tuple(command)


def make_machine(fields, where):
    """A Machine of a TOML table; says which key is wrong."""
    try:
        machine = Machine(**{key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()})
    except TypeError as error:
        raise Failure(Exit.ERROR, f"{where}: {error}") from None
    if machine.arch not in ARCHITECTURES:
        raise Failure(Exit.ERROR, f"{where}: arch '{machine.arch}' is none of {', '.join(ARCHITECTURES)}")
    if machine.firmware and len(machine.firmware) != 2:
        raise Failure(Exit.ERROR, f"{where}: firmware needs two addresses, first and last+1")
    return machine


def make_variant(machine, base, table, where):
    """A machine that differs from another one in what its table says."""
    table = dict(table)
    options = table.pop("options", {})
    name = table.get("name", "")
    if not name.startswith(machine.name + "-"):
        raise Failure(Exit.ERROR, f"{where}: a variant's name begins with '{machine.name}-'; this is '{name}'")
    fields = {**base, "notes": "", **table, "variant_of": machine.name}
    fields["command"] = with_options(fields["command"], options, where)
    return make_machine(fields, where)


def read_machines(path):
    """A file's machine and then its variants; says which key is wrong.  A file with a [console] is a real board's
    (board/description.py), and has none."""
    where = f"boards/{path.name}"
    try:
        base = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise Failure(Exit.ERROR, f"{where}: {error}") from None
    if "console" in base:
        return []
    variants = base.pop("variant", [])
    machine = make_machine(base, where)
    if machine.name != path.stem:
        raise Failure(Exit.ERROR, f"{where}: its name is '{machine.name}'; it must be the file's")
    return [machine, *(make_variant(machine, base, table, where) for table in variants)]


def all_machines(directory=None):
    """Every machine by name, in the architectures' order, each before its variants."""
    machines = [machine for path in sorted((directory or paths.BOARDS).glob("*.toml")) for machine in read_machines(path)]
    machines.sort(key=lambda machine: (ARCHITECTURES.index(machine.arch), not machine.main))
    return {machine.name: machine for machine in machines}


def choose_tested(names):
    """The machines with these names, all if there are none; exit 2 and what there is for an unknown one."""
    known = all_machines()
    if not known:
        raise Failure(Exit.ERROR, "boards/ describes no machine")
    for name in names:
        if name not in known:
            raise Failure(Exit.USAGE, f"there is no machine '{name}'; there are: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names)] or list(known.values())


def choose(names):
    """The same, but only the main machines if there are no names."""
    return [machine for machine in choose_tested(names) if names or machine.main]


def choose_measuring(names):
    """The same; exit 2 also for a machine that cannot count."""
    chosen = choose(names)
    for machine in chosen:
        if not machine.measures:
            raise Failure(Exit.USAGE, f"'{machine.name}' runs tests only: nothing counts instructions there")
    return chosen
