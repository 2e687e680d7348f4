# SPDX-License-Identifier: BSD-2-Clause
"""The launcher and the command line, as a user meets them."""
import json
import os
import shutil
import signal
import subprocess

import pytest
from conftest import ROOT, kite


@pytest.mark.parametrize("words", [("frob",), ("bench", "--frob"), ("bench", "--machine", "qemu-vax"), ("plot", "--machine", "x"),
                                   ("bench", "--filter", "ipc/teleport"), ("bench", "--filter", "("), ("list", "dragons"),
                                   ("run", "qemu-vax"), ("run",), ("fuzz", "--seed", "0"), ("fuzz", "--steps", "5", "--minutes", "1"), ("test", "--machine", "qemu-vax"), ("doctor", "--frob"),
                                   ("test", "--filter", "(")])
def test_usage_errors_are_exit_2_and_say_something(words):
    done = kite(*words)
    assert done.returncode == 2 and done.stderr.strip() and "Traceback" not in done.stderr and not done.stdout


def test_unknown_names_are_answered_with_the_list():
    assert "qemu-riscv64" in kite("bench", "--machine", "x").stderr
    assert "ipc/round_trip" in kite("bench", "--filter", "ipc/teleport").stderr


def test_list_works_from_anywhere(tmp_path):
    done = kite("list", "machines", "--json", cwd=tmp_path)
    machines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [machine["machine"] for machine in machines if machine["measures"] and not machine["variant_of"]] == ["qemu-x86_64", "qemu-aarch64", "qemu-riscv64"]


def test_the_launcher_follows_a_symbolic_link(tmp_path):
    (tmp_path / "kite").symlink_to(ROOT / "kite")
    assert subprocess.run([tmp_path / "kite", "list"], capture_output=True, cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("subcommand", ["bench", "compare", "list", "plot", "profile", "report", "completion", "run", "test", "fuzz", "doctor"])
def test_every_subcommand_has_help_with_an_example(subcommand):
    done = kite(subcommand, "--help")
    assert done.returncode == 0 and f"kite {subcommand}" in done.stdout and "Examples:" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_exit_130_and_leaves_no_machine(number):
    process = subprocess.Popen([str(ROOT / "kite"), "bench", "--machine", "qemu-riscv64"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "measuring" in line:
            break
    process.send_signal(number)
    assert process.wait(timeout=60) == 130 and "interrupted" in process.stderr.read()


@pytest.fixture
def poor(tmp_path):
    """A copy of the launcher whose list asks for something that no machine has."""
    for name in ("kite", "ci/dependencies.sh", "ci/dependencies.txt", "CMakeLists.txt", "analysis", "boards", "bench"):
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    with open(tmp_path / "ci/dependencies.txt", "a") as file:
        file.write("no-such-command  no-such-package  bench  nobody has it\n")
    return tmp_path


def run_poor(poor, *words):
    return subprocess.run([poor / "kite", *words], capture_output=True, text=True, env={**os.environ, "KITE_NO_INSTALL": "1"})


def test_what_is_missing_is_one_line_to_install(poor):
    done = run_poor(poor, "bench")
    assert done.returncode == 1 and "sudo apt-get update && sudo apt-get install --yes --no-install-recommends no-such-package" in done.stderr


def test_only_the_subcommands_that_need_it_miss_it(poor):
    assert run_poor(poor, "list").returncode == 0
    assert run_poor(poor, "bench", "--help").returncode == 0


def test_doctor_shows_what_is_missing(poor):
    done = run_poor(poor, "doctor")
    assert done.returncode == 1 and "missing  no-such-package" in done.stdout
    lines = [json.loads(line) for line in run_poor(poor, "doctor", "--json").stdout.splitlines()]
    assert [line["package"] for line in lines if not line["there"]] == ["no-such-package"]
