# SPDX-License-Identifier: BSD-2-Clause
"""The configuration file: defaults for the options of the subcommands.  What the command line says wins.

It is $KITE_CONFIG (empty: none), else kite.toml beside `kite`, else kite/config.toml in $XDG_CONFIG_HOME or ~/.config.

    [default]                       # every subcommand that has the option
    quiet = true

    [bench]                         # a subcommand; keys are its long options
    machine = ["qemu-riscv64"]
    path = "fast"

    [board.image]                   # a subcommand's subcommand
    slow = true

docs/laboratory.md shows it.  A mistake names file and line, and is exit code 2."""
import os
import re
import tomllib
from pathlib import Path

import click

from analysis import paths
from analysis.failure import Exit, Failure

EVERY = "default"
NEVER = ("help", "update-baseline", "update-docs", "accept", "dry-run")    # what must be asked for each time


def path():
    """The file that counts, or None."""
    if "KITE_CONFIG" in os.environ:
        named = os.environ["KITE_CONFIG"]
        if named and not Path(named).is_file() and named != os.devnull:
            raise Failure(Exit.USAGE, f"KITE_CONFIG names no file: {named}")
        return Path(named) if named and named != os.devnull else None
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return next((file for file in (paths.ROOT / "kite.toml", home / "kite" / "config.toml") if file.is_file()), None)


def line_of(text, table, key=None):
    """The line of a table's head, or of a key in it; 1 if it is written in some other way."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            inside = head[1].replace(" ", "") == table
            if inside and key is None:
                return number
        elif inside and key is not None and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return 1


class File:
    """A configuration file as text, for its errors."""

    def __init__(self, file):
        self.file = file
        try:
            self.text = file.read_text()
            self.tables = tomllib.loads(self.text)
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(Exit.USAGE, f"{file}: {error}") from None
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            number = found[1] if found else len(self.text.splitlines()) or 1
            raise Failure(Exit.USAGE, f"{file}:{number}: {error}") from None

    def wrong(self, table, key, sentence):
        return Failure(Exit.USAGE, f"{self.file}:{line_of(self.text, table, key)}: {sentence}")


def options_of(command):
    """{long option without its dashes: parameter} of a subcommand."""
    return {name.lstrip("-"): parameter for parameter in command.params if isinstance(parameter, click.Option)
            for name in (*parameter.opts, *parameter.secondary_opts) if name.startswith("--")}


def value_of(file, table, key, value, command, parameter):
    """The value as the option takes it; Failure(2) for one that the command line would refuse as well."""
    if parameter.is_flag and parameter.secondary_opts and f"--{key}" in parameter.secondary_opts and isinstance(value, bool):
        return not value
    if parameter.is_flag != isinstance(value, bool):
        raise file.wrong(table, key, f"'{key}' is {'true or false' if parameter.is_flag else 'no switch'}; this is {value!r}")
    if isinstance(value, (dict, list)) and not (parameter.multiple and isinstance(value, list)):
        raise file.wrong(table, key, f"'{key}' takes one value; this is {value!r}")
    value = [value] if parameter.multiple and not isinstance(value, list) else value
    try:
        parameter.type_cast_value(click.Context(command), value)
    except click.BadParameter as error:
        raise file.wrong(table, key, f"'{key}': {error.message}") from None
    return value


def defaults_of(file, name, table, command, strict=True):
    """{parameter: value} of one table."""
    known, found = options_of(command), {}
    for key, value in table.items():
        parameter = known.get(key)
        if key in NEVER:
            raise file.wrong(name, key, f"'{key}' cannot be a default: it must be asked for each time")
        if parameter is None and strict:
            raise file.wrong(name, key, f"{name.replace('.', ' ')} has no option '{key}'; it has: {', '.join(sorted(set(known) - set(NEVER)))}")
        if parameter is not None:
            found[parameter.name] = value_of(file, name, key, value, command, parameter)
    return found


def check_default(file, group):
    """A key of [default] must be an option of somebody."""
    everybody = {key for command in group.commands.values() for key in options_of(command)}
    for key in file.tables.get(EVERY, {}):
        if key not in everybody:
            raise file.wrong(EVERY, key, f"no subcommand has an option '{key}'")


def map_of(file, group, tables, prefix=""):
    """click's default_map of a group: {subcommand: {parameter: value}}."""
    found = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            inner = tables.get(name, {})
            found[name] = map_of(file, command, inner if isinstance(inner, dict) else {}, f"{prefix}{name}.")
            continue
        found[name] = defaults_of(file, EVERY, file.tables.get(EVERY, {}), command, strict=False)
        if name in tables:
            if not isinstance(tables[name], dict):
                raise file.wrong(name, None, f"'{prefix}{name}' must be a table: [{prefix}{name}]")
            found[name] |= defaults_of(file, prefix + name, tables[name], command)
    for name in tables:
        if name not in group.commands and not (name == EVERY and not prefix):
            raise file.wrong(prefix + name, None, f"there is no subcommand '{prefix}{name}'; there are: {', '.join(group.commands)}")
    return found


def default_map(group):
    """What the user's file says, for click; {} if there is none."""
    if not (found := path()):
        return {}
    file = File(found)
    check_default(file, group)
    return map_of(file, group, file.tables)
