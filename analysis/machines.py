# SPDX-License-Identifier: BSD-2-Clause
"""The machines of boards/: one TOML file each, whose keys boards/README.md explains."""
import shutil
import tomllib
from dataclasses import dataclass

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
    measures: bool = True                       # it is QEMU, which counts; others run tests, and only if they are named
    needs: tuple = ()
    notes: str = ""

    def preset(self, kind="release", fast=True):
        """The preset that builds the kernel for this machine: kind is release or debug."""
        return f"{self.arch}-{kind}" + ("" if fast else "-slow")

    def lacks(self):
        """The commands that it needs and this computer does not have."""
        return [command for command in self.needs if not shutil.which(command)]

    def boot_command(self, preset, archive, command_line):
        """The command that boots what a preset built, with the archive as the first task's."""
        directory = paths.preset_directory(preset)
        places = {"kernel": str(directory / self.image), "archive": str(archive), "command_line": command_line,
                  "boards": str(paths.BOARDS)}
        return [word.format_map(places) for word in self.command]


def read_machine(path):
    """One board file as a Machine; says which key is wrong."""
    try:
        text = tomllib.loads(path.read_text())
        fields = {key: tuple(value) if isinstance(value, list) else value for key, value in text.items()}
        machine = Machine(**fields)
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise Failure(Exit.ERROR, f"boards/{path.name}: {error}") from None
    if machine.name != path.stem:
        raise Failure(Exit.ERROR, f"boards/{path.name}: its name is '{machine.name}'; it must be the file's")
    if machine.arch not in ARCHITECTURES:
        raise Failure(Exit.ERROR, f"boards/{path.name}: arch '{machine.arch}' is none of {', '.join(ARCHITECTURES)}")
    if machine.firmware and len(machine.firmware) != 2:
        raise Failure(Exit.ERROR, f"boards/{path.name}: firmware needs two addresses, first and last+1")
    return machine


def all_machines(directory=None):
    """Every machine by name, in the architectures' order."""
    machines = [read_machine(path) for path in sorted((directory or paths.BOARDS).glob("*.toml"))]
    machines.sort(key=lambda machine: (ARCHITECTURES.index(machine.arch), machine.name))
    return {machine.name: machine for machine in machines}


def choose(names):
    """The machines with these names, all that measure if there are none; exit 2 and what there is for an unknown one."""
    known = all_machines()
    if not known:
        raise Failure(Exit.ERROR, "boards/ describes no machine")
    for name in names:
        if name not in known:
            raise Failure(Exit.USAGE, f"there is no machine '{name}'; there are: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names)] or [machine for machine in known.values() if machine.measures]


def choose_measuring(names):
    """The same; exit 2 also for a machine that cannot count."""
    chosen = choose(names)
    for machine in chosen:
        if not machine.measures:
            raise Failure(Exit.USAGE, f"'{machine.name}' runs tests only: nothing counts instructions there")
    return chosen
