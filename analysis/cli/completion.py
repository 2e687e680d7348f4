# SPDX-License-Identifier: BSD-2-Clause
"""`kite completion`: completes subcommands, options, and the names of machines, benchmarks, records and commits."""
import subprocess

import click
from click.shell_completion import CompletionItem, get_completion_class

from analysis import benchmarks, host, machines, paths, record
from analysis.cli.common import CONTEXT, kite
from analysis.failure import Failure

MOST_RECORDS = 50


def benchmark_names():
    return {**benchmarks.all_benchmarks(), **host.cases()}


def record_names():
    return [path.name for path in record.all_records()[-MOST_RECORDS:]]


def commit_names():
    done = subprocess.run(["git", "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags"], cwd=paths.ROOT,
                          capture_output=True, text=True)
    return ["HEAD", "HEAD~1", *done.stdout.split()]


def commits_and_records():
    return [*commit_names(), *record_names()]


class Named(click.types.StringParamType):
    """A string that can be anything, of which some are known."""

    def __init__(self, names):
        self.names = names

    def shell_complete(self, context, parameter, incomplete):
        try:
            names = self.names()
        except (Failure, OSError):                          # a broken board file is no reason to spoil the prompt
            return []
        helps = names if isinstance(names, dict) else {}
        return [CompletionItem(name, help=helps.get(name)) for name in names if name.startswith(incomplete)]


# Which names a parameter of any subcommand takes, by the parameter's name: (of these subcommands, names).
KNOWN = {
    "names": (None, machines.all_machines), "machine": (None, machines.all_machines),
    "bench": (("profile", "bisect", "track"), benchmark_names),
    "records": (("plot",), record_names), "record": (("report", "export"), record_names),
    "against": (("profile", "report"), commits_and_records),
    "a": (("compare",), commits_and_records), "b": (("compare",), commits_and_records),
}


def teach(group):
    """Lets the parameters of all subcommands know the names that they take."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            teach(command)
            continue
        for parameter in command.params:
            whose, names = KNOWN.get(parameter.name, ((), None))
            if names and (whose is None or name in whose) and type(parameter.type) is click.types.StringParamType:
                parameter.type = Named(names)


@kite.command(context_settings=CONTEXT)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell):
    """Print what teaches a shell to complete this command; it needs `kite` in the PATH, or, in bash, any path to it.

    \b
    Examples:
      eval "$(kite completion bash)"
      kite completion bash > ~/.local/share/bash-completion/completions/kite
      kite completion zsh > ~/.zfunc/_kite
      kite completion fish > ~/.config/fish/completions/kite.fish
    """
    click.echo(get_completion_class(shell)(kite, {}, "kite", "_KITE_COMPLETE").source())
