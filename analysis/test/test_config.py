# SPDX-License-Identifier: BSD-2-Clause
"""The configuration file, completion, dry runs, colours and progress: what all subcommands have in common."""
import io
import os
import shutil
import subprocess

import click
import pytest
from conftest import ROOT, kite

from analysis import config, progress, table
from analysis.cli import completion
from analysis.cli.common import kite as group
from analysis.failure import Exit, Failure


def written(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text)
    return {"KITE_CONFIG": str(path)}


# ---- configuration ----

GOOD = """\
[default]
quiet = true

[bench]
machine = "qemu-riscv64"        # one is as good as a list
path = 'slow'

[board.image]
slow = true
"""


def test_the_file_gives_defaults_and_the_command_line_wins(tmp_path):
    environment = written(tmp_path, GOOD)
    assert kite("bench", "--dry-run", environment=environment).stdout.startswith("build riscv64-release-slow; boot qemu-riscv64 twice\n")
    done = kite("bench", "--dry-run", "--path", "fast", "-m", "qemu-x86_64", environment=environment)
    assert done.stdout.startswith("build x86_64-release; boot qemu-x86_64 twice\n") and "slow" not in done.stdout


def test_the_file_is_found_where_it_should_be(tmp_path):
    (tmp_path / "kite").mkdir()
    (tmp_path / "kite" / "config.toml").write_text("[bench]\nmachine = ['qemu-aarch64']\n")
    environment = {key: value for key, value in os.environ.items() if key != "KITE_CONFIG"}
    done = subprocess.run([str(ROOT / "kite"), "bench", "--dry-run"], capture_output=True, text=True,
                          env={**environment, "XDG_CONFIG_HOME": str(tmp_path), "KITE_NO_INSTALL": "1"})
    if (ROOT / "kite.toml").exists():
        pytest.skip("this checkout has a kite.toml of its own, which comes first")
    assert "aarch64-release" in done.stdout and "riscv64" not in done.stdout


@pytest.mark.parametrize("text, line, words", [
    ("[bench\n", 1, "line 1"), ("[bench]\npath = \n", 2, "Invalid value"), ("[bench]\n\nmachin = 'x'\n", 3, "no option 'machin'"),
    ("[bench]\npath = 'quick'\n", 2, "'quick' is not one of"), ("[bench]\nquiet = 'yes'\n", 2, "true or false"),
    ("[bench]\npath = true\n", 2, "no switch"), ("[bench]\npath = ['fast']\n", 2, "takes one value"), ("\n[dance]\n", 2, "no subcommand 'dance'"),
    ("[default]\nglitter = true\n", 2, "no subcommand has"), ("[bench]\nupdate-baseline = true\n", 2, "asked for each time"),
    ("[compare]\naccept = 'always'\n", 2, "asked for each time"), ("[fuzz]\nminutes = 'many'\n", 2, "not a valid float"),
    ("[bench]\nboots = 0\n", 2, "not in the range"), ("[board.fly]\nx = 1\n", 1, "no subcommand 'board.fly'"), ("bench = 3\n", 1, "must be a table"),
])
def test_a_mistake_names_file_and_line(tmp_path, monkeypatch, text, line, words):
    environment = written(tmp_path, text)
    monkeypatch.setenv("KITE_CONFIG", environment["KITE_CONFIG"])
    with pytest.raises(Failure) as caught:
        config.default_map(group)
    assert caught.value.code == Exit.USAGE and f"{environment['KITE_CONFIG']}:{line}: " in str(caught.value) and words in str(caught.value)


def test_a_mistake_ends_every_subcommand_with_exit_2(tmp_path):
    done = kite("list", environment=written(tmp_path, "[bench\n"))
    assert done.returncode == 2 and "config.toml:1: " in done.stderr and "Traceback" not in done.stderr and not done.stdout


def test_a_file_that_is_not_there_is_said():
    done = kite("list", environment={"KITE_CONFIG": "/no/such/file.toml"})
    assert done.returncode == 2 and "/no/such/file.toml" in done.stderr


def test_an_option_with_two_names_is_switched_by_either(tmp_path):
    for text, kind in (("debug = false", "release"), ("release = true", "release"), ("release = false", "debug")):
        done = kite("fuzz", "-m", "qemu-riscv64", "--dry-run", environment=written(tmp_path, f"[fuzz]\n{text}\n"))
        assert f"riscv64-{kind};" in done.stdout, done.stderr


# ---- completion ----

def completed(shell, *words, environment=None):
    """What the shell's completion is answered for the last of these words."""
    index = str(len(words)) if shell != "fish" else words[-1]
    variables = {"_KITE_COMPLETE": f"{shell}_complete", "COMP_WORDS": " ".join(("kite", *words)), "COMP_CWORD": index}
    return kite(environment={**variables, **(environment or {})}).stdout.split()


@pytest.mark.parametrize("words, wanted", [
    (("pro",), "plain,profile"), (("bench", "--upd"), "plain,--update-baseline"), (("bench", "--machine", "qemu-r"), "plain,qemu-riscv64"),
    (("run", "qemu-aa"), "plain,qemu-aarch64"), (("profile", "ipc/c"), "plain,ipc/call"), (("compare", "HEA"), "plain,HEAD~1"),
    (("plot", "viol"), "plain,violin")])
def test_bash_completes_subcommands_options_and_names(words, wanted):
    assert wanted in completed("bash", *words)


def test_zsh_and_fish_get_the_sentences_too():
    assert "passage" in completed("zsh", "profile", "ipc/call") and "plain,ipc/call" in completed("fish", "profile", "ipc/call")


def test_completion_is_quiet_about_a_broken_file(tmp_path):
    assert "plain,profile" in completed("bash", "prof", environment=written(tmp_path, "[bench\n"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_takes(shell, tmp_path):
    done = kite("completion", shell)
    assert done.returncode == 0 and "_KITE_COMPLETE" in done.stdout
    if shutil.which(shell):
        (tmp_path / "script").write_text(done.stdout)
        checked = subprocess.run([shell, "-n", str(tmp_path / "script")], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr


def test_bash_really_completes():
    script = f'eval "$({ROOT}/kite completion bash)"; COMP_WORDS=({ROOT}/kite list mach); COMP_CWORD=2; _kite_completion {ROOT}/kite list mach; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env={**os.environ, "KITE_NO_INSTALL": "1"})
    assert done.stdout.split() == ["machines"], done.stderr


def test_every_parameter_that_names_something_is_taught():
    completion.teach(group)
    types = {(name, parameter.name): parameter.type for name, command in group.commands.items() for parameter in command.params}
    for where in (("bench", "names"), ("compare", "a"), ("profile", "bench"), ("report", "record"), ("plot", "records"), ("run", "machine")):
        assert isinstance(types[where], completion.Named), where


# ---- dry runs ----

@pytest.mark.parametrize("words", [
    ("bench",), ("bench", "--host"), ("compare", "HEAD"), ("profile", "ipc/call"), ("profile", "--host", "tree/copy"), ("run", "qemu-riscv64"),
    ("debug", "qemu-riscv64"), ("trace", "qemu-riscv64"), ("fuzz",), ("prove",), ("test",), ("bench", "--board", "pc")])
def test_what_builds_or_measures_has_a_dry_run_that_says_what(words):
    done = kite(*words, "--dry-run")
    assert done.returncode == 0 and len(done.stdout.strip()) > 20 and "Traceback" not in done.stderr, done.stderr


def leaves(commands, prefix=()):
    for name, command in commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command.commands, (*prefix, name))
        else:
            yield (*prefix, name), command


def test_every_subcommand_that_builds_has_a_dry_run_and_every_one_that_prints_data_json():
    interactive = {("run",), ("debug",), ("trace",), ("completion",), ("doctor",)}          # a console; a format of its own; text for a shell
    nothing_built = interactive - {("run",), ("debug",), ("trace",)} | {("list",), ("plot",), ("report",)}
    for name, command in leaves(group.commands):
        there = {option for parameter in command.params for option in parameter.opts}
        if name[0] in ("board", "export", "import", "track", "bisect", "ci", "farm"):
            continue                                        # they have tests of their own
        assert "--dry-run" in there or name in nothing_built, name
        assert "--json" in there or name in interactive, name


# ---- colours, progress ----

@pytest.mark.parametrize("variable, coloured", [({}, True), ({"NO_COLOR": "1"}, False)])
def test_no_color_is_heard(variable, coloured, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TERM", "xterm-256color")
    out = io.StringIO()
    table.console_for(file=out, force_terminal=True).print("worse", style="red")
    assert ("\x1b[31m" in out.getvalue()) == coloured and "worse" in out.getvalue()


def test_what_is_no_terminal_gets_no_colours():
    out = io.StringIO()
    table.console_for(file=out).print("worse", style="red")
    assert out.getvalue() == "worse\n"


def test_progress_says_what_is_left():
    said, now = [], [0.0]
    done = progress.Remaining(said.append, 3, lambda: now[0])
    for _ in range(3):
        now[0] += 40
        done("built")
    assert said == ["built; 1 of 3, about 1 min left", "built; 2 of 3, about 40 s left", "built; 3 of 3"]
    assert [progress.words_of(seconds) for seconds in (0.4, 59, 90, 5400)] == ["0 s", "59 s", "2 min", "1.5 h"]


def test_plot_says_what_it_drew_as_json(results):
    from test_plot import row, write

    from analysis import plot
    write("a" * 40, row("ipc/round_trip", 90))
    with pytest.raises(Failure) as caught:
        plot.run(plot.Options("ecdf", output="-", json=True))
    assert caught.value.code == Exit.USAGE
    plot.run(plot.Options("ecdf", output=str(results / "x.svg"), json=True))


def test_nothing_dangerous_can_be_a_default():
    assert {"update-baseline", "accept"} <= set(config.NEVER)
