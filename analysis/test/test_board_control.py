# SPDX-License-Identifier: BSD-2-Clause
"""Board files, commands for power and loading, serial ports; and labgrid, where it is installed."""
import dataclasses
import importlib.util
import os
import pty
import re
import shlex
import threading
import tty
from pathlib import Path

import pytest
from conftest import ROOT, kite
from fake_board import FakeBoard, Truth

from analysis import machines
from analysis.board import control, description, port, session
from analysis.failure import Exit, Failure

FIELDS = {"name": "mine", "arch": "riscv64", "cpu": "mine", "console": {}}


def quiet(_):
    pass


def made(**tables):
    return description.make_board({**FIELDS, **tables}, "mine.toml")


def image(token="a"):
    return control.Image(Path("/kernel"), Path("/archive"), "words of mine", token)


def wrong(fields):
    with pytest.raises(Failure) as caught:
        description.make_board({**FIELDS, **fields}, "mine.toml")
    assert caught.value.code == Exit.ERROR and "mine.toml" in str(caught.value)
    return str(caught.value)


def test_every_board_of_the_tree_can_be_read_and_is_no_machine():
    boards = description.all_boards()
    assert {"pc", "hifive-unleashed", "raspberry-pi-3"} <= set(boards)
    assert not set(boards) & set(machines.all_machines())
    assert all(board.model and board.load.image in description.IMAGES for board in boards.values())


@pytest.mark.parametrize("fields, words", [
    ({"colour": 1}, "colour"), ({"arch": "m68k"}, "m68k"), ({"console": {"bauds": 1}}, "has no key 'bauds'"),
    ({"console": {"baud": "fast"}}, "baud must be a int"), ({"counters": {"there": ["moons"]}}, "moons"),
    ({"counters": {"samples": 0}}, "samples"), ({"load": {"image": "floppy"}}, "floppy"), ({"model": "qemu-m68k"}, "qemu-m68k"),
    ({"load": {"type": "one"}}, "type must be a list")])
def test_a_wrong_key_is_named(fields, words):
    assert words in wrong(fields)


def test_a_file_of_ones_own_is_a_board(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\narch = "riscv64"\ncpu = "x"\n[console]\nport = "/dev/null"\n')
    assert description.choose(str(file)).console.port == "/dev/null"
    assert description.choose(str(file), "/dev/zero").console.port == "/dev/zero"
    file.write_text("name = ")
    with pytest.raises(Failure) as caught:
        description.choose(str(file))
    assert caught.value.code == Exit.ERROR


def test_an_unknown_board_is_exit_2_with_the_list():
    done = kite("bench", "--board", "commodore-64")
    assert done.returncode == Exit.USAGE and "raspberry-pi-3" in done.stderr


def test_commands_switch_and_load_and_a_loaded_image_is_not_loaded_again(tmp_path):
    log = tmp_path / "log"
    board = made(power={"on": f"echo on >> {log}", "off": f"echo off >> {log}", "settle": 0.0},
                 load={"command": f"echo load {{kernel}} {{archive}} {{token}} '{{command_line}}' >> {log}"})
    starter = control.Commands(board, quiet)
    starter.open = lambda: starter.port
    starter.port = FakeBoard(Truth(1)).memory
    for token in ("a", "a", "b"):
        starter.start(image(token))
    starter.off()
    load = "load /kernel /archive {} words of mine"
    assert log.read_text().splitlines() == [load.format("a"), "off", "on", "off", "on", load.format("b"), "off", "on", "off"]


@pytest.mark.parametrize("command, code, words", [("exit 3", Exit.MACHINE, "failed with 3"), ("echo {moon}", Exit.ERROR, "moon"),
                                                  ("echo {", Exit.ERROR, "mine.toml")])
def test_a_command_that_fails_is_shown(command, code, words):
    with pytest.raises(Failure) as caught:
        control.run(made(), command, "loading", image().places())
    assert caught.value.code == code and words in str(caught.value)


def test_without_commands_and_without_a_person_it_says_what_is_missing(monkeypatch):
    starter = control.Commands(made(), quiet)
    starter.port = FakeBoard(Truth(1)).memory
    monkeypatch.setattr(starter, "open", lambda: starter.port)
    with pytest.raises(Failure) as caught:
        starter.start(image())
    assert caught.value.code == Exit.USAGE and "nobody is here" in str(caught.value) and "mine.toml" in str(caught.value)


def test_a_board_whose_port_nobody_knows_is_exit_2_before_anything_is_done():
    with pytest.raises(Failure) as caught:
        control.Commands(made(load={"command": "false"}), quiet).start(image())
    assert caught.value.code == Exit.USAGE and "--port" in str(caught.value)


@pytest.mark.parametrize("url, code, words", [("/dev/ttyUSB99", Exit.MACHINE, "no such device"), ("moon://x", Exit.USAGE, "moon"),
                                              ("socket://127.0.0.1:1", Exit.MACHINE, "socket://127.0.0.1:1")])
def test_a_port_that_cannot_be_opened_says_why(url, code, words):
    with pytest.raises(Failure) as caught:
        port.SerialPort(url, 115200)
    assert caught.value.code == code and words in str(caught.value)


class Terminal:
    """A fake board behind a real pseudo-terminal."""

    def __init__(self):
        self.board = FakeBoard(Truth(1))
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.path, self.over = os.ttyname(self.slave), False
        self.threads = [threading.Thread(target=way, daemon=True) for way in (self.out, self.back)]
        for thread in self.threads:
            thread.start()

    def out(self):
        while not self.over:
            if data := self.board.memory.read_bytes(0.05):
                os.write(self.master, data)

    def back(self):
        import select
        while not self.over:
            if select.select([self.master], [], [], 0.05)[0]:
                self.board.memory.write(os.read(self.master, 4096))

    def close(self):
        self.over = True
        for thread in self.threads:
            thread.join()
        self.board.close()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminal():
    made = Terminal()
    yield made
    made.close()


def test_a_board_at_a_serial_port_is_measured(terminal):
    line = port.SerialPort(terminal.path, 115200)
    terminal.board.start(image())
    got = session.Session(line, "mine", "a", 5).run()
    line.close()
    assert got.cases == 2 and len(got.series[0].samples) == 64


def test_a_port_that_goes_away_is_exit_75(terminal):
    line = port.SerialPort(terminal.path, 115200)
    os.close(line.serial.fd)
    with pytest.raises(Failure) as caught:
        for _ in range(20):
            line.write(b"x")
            line.read_line(0.05)
    assert caught.value.code == Exit.MACHINE and "went away" in str(caught.value)
    line.serial.fd = None


def test_a_boot_loader_is_talked_to_at_its_prompt(terminal):
    line = port.SerialPort(terminal.path, 115200)
    board = made(load={"stop": "any key", "prompt": "=> ", "type": ["tftpboot {token}", "bootm"]})
    said = []

    def loader():
        terminal.board.memory.coming.put(b"U-Boot\nHit any key to stop autoboot: 2")
        for _ in range(3):
            said.append(terminal.board.memory.going.get(timeout=5))
            terminal.board.memory.coming.put(b"\n=> ")
    thread = threading.Thread(target=loader, daemon=True)
    thread.start()
    control.talk_to_loader(board, line, image())
    thread.join()
    line.close()
    assert b"".join(said) == b"\ntftpboot a\nbootm\n"


def test_a_boot_loader_that_does_not_come_is_exit_75(terminal, monkeypatch):
    monkeypatch.setattr(control, "LOADER_SECONDS", 0.3)
    line = port.SerialPort(terminal.path, 115200)
    terminal.board.memory.coming.put(b"no boot device\n")
    with pytest.raises(Failure) as caught:
        control.wait_for(made(), line, "any key", 0.5)
    line.close()
    assert caught.value.code == Exit.MACHINE and "no boot device" in str(caught.value)


LABGRID = """targets:
  main:
    resources:
      RawSerialPort: {{port: '{path}', speed: 115200}}
    drivers:
      SerialDriver: {{}}
      ExternalPowerDriver: {{cmd_on: '{script} on', cmd_off: '{script} off'}}
"""


@pytest.mark.skipif(importlib.util.find_spec("labgrid") is None, reason="this host lacks python3-labgrid, as Debian 13 does")
def test_labgrid_switches_a_board_and_is_its_console(terminal, tmp_path):
    log, file = tmp_path / "log", tmp_path / "lab.yaml"
    script = tmp_path / "switch"
    script.write_text(f"#!/bin/sh\necho $1 >> {log}\n")
    script.chmod(0o755)
    file.write_text(LABGRID.format(path=terminal.path, script=script))
    starter = control.of(made(power={"labgrid": str(file), "settle": 0.0}, load={"command": "true"}), False, quiet)
    starter.start(image())
    terminal.board.start(image())
    got = session.Session(starter.open(), "mine", "a", 5).run()
    starter.close()
    assert got.cases == 2 and log.read_text().split() == ["off", "on"]


def test_without_labgrid_a_board_that_needs_it_says_so(monkeypatch):
    import sys
    monkeypatch.setitem(sys.modules, "labgrid", None)
    with pytest.raises(Failure) as caught:
        control.of(made(power={"labgrid": "lab.yaml"}), False, quiet)
    assert caught.value.code == Exit.ERROR and "python3-labgrid" in str(caught.value)


def test_the_command_line_of_a_measurement_fits_the_boot_page():
    for board in description.all_boards().values():
        board = dataclasses.replace(board, counters=dataclasses.replace(board.counters, samples=1024, batch=4096))
        assert len(board.words("0" * 16, "^ipc/round_trip words=0")) < 256


@pytest.mark.parametrize("words", [["board", "list"], ["board", "list", "--json"], ["bench", "--board", "pc", "--dry-run"],
                                   ["bench", "--dry-run"]])
def test_what_changes_nothing_works_everywhere(words):
    done = kite(*words)
    assert done.returncode == 0 and done.stdout and not done.stderr


@pytest.mark.parametrize("words, code", [(["board", "power", "pc", "off"], Exit.USAGE), (["board", "console", "pc"], Exit.USAGE),
                                         (["board", "check", "pc", "--port", "/dev/ttyUSB99"], Exit.MACHINE),
                                         (["compare", "nothing", "--board", "pc"], Exit.USAGE)])
def test_what_cannot_be_done_ends_with_a_line_and_no_traceback(words, code):
    done = kite(*words)
    assert done.returncode == code and "Traceback" not in done.stderr and (done.stderr or "NOT OK" in done.stdout)


EXAMPLES = re.findall(r"^    \./kite ((?:bench|compare) .*?)(?: +#.*)?$", (ROOT / "docs" / "boards.md").read_text(), re.M)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_manuals_examples_are_understood(example, tmp_path):
    if "record.jsonl" in example:
        pytest.skip("needs two records; test_board_campaign.py compares them")
    own = (ROOT / "boards" / "raspberry-pi-3.toml").read_text().replace('"raspberry-pi-3"', '"my-pi"', 1)
    (tmp_path / "my-pi.toml").write_text(own)
    done = kite(*shlex.split(example), "--dry-run", cwd=tmp_path)
    assert done.returncode == 0 and "-release" in done.stdout, done.stderr
