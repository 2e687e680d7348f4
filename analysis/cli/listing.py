# SPDX-License-Identifier: BSD-2-Clause
"""`kite list`: benchmarks, machines, records."""
import json

import click

from analysis import benchmarks, machines, record
from analysis.cli.common import CONTEXT, kite


def list_benchmarks(as_json):
    for name, sentence in benchmarks.all_benchmarks().items():
        click.echo(json.dumps({"benchmark": name, "sentence": sentence}) if as_json else f"{name:24} {sentence}")


def description(machine):
    """A machine in a line: a variant's first note, for the rest is what it is a variant of."""
    first = machine.notes.strip().partition("\n")[0] if machine.variant_of else f"{machine.arch}, {machine.cpu}"
    return first + ("" if machine.measures else "; tests only")


def list_machines(as_json):
    for machine in machines.all_machines().values():
        fields = {"machine": machine.name, "arch": machine.arch, "cpu": machine.cpu, "measures": machine.measures,
                  "variant_of": machine.variant_of or None}
        click.echo(json.dumps(fields) if as_json
                   else f"{'  ' * bool(machine.variant_of) + machine.name:24} {description(machine)}")


def list_records(as_json):
    for path in record.all_records():
        marks = [line for line in record.read(path) if line["type"] == "fingerprint"]
        names = list(dict.fromkeys(line["machine"] for line in marks))
        commit = marks[0]["commit"][:12] + ("-dirty" if marks[0]["dirty"] else "") if marks else "?"
        click.echo(json.dumps({"record": path.name, "commit": commit, "machines": names}) if as_json
                   else f"{path.name:52} {', '.join(names)}")


@kite.command("list", context_settings=CONTEXT)
@click.argument("what", type=click.Choice(["benchmarks", "machines", "records", "all"]), default="all")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_command(what, as_json):
    """Benchmarks, machines, records.

    \b
    Examples:
      kite list
      kite list records --json
    """
    for kind, show in (("benchmarks", list_benchmarks), ("machines", list_machines), ("records", list_records)):
        if what in (kind, "all"):
            show(as_json)
