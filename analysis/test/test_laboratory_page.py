# SPDX-License-Identifier: BSD-2-Clause
"""docs/laboratory.md: every command in it is one that the command line takes; those marked so are run, and what the page
shows of their output is there, line after line ("..." stands for anything)."""
import re
import shlex
import shutil

import click
import pytest
from conftest import ROOT, kite

from analysis import build, machines, paths, record
from analysis.cli.common import kite as group

PAGE = ROOT / "docs" / "laboratory.md"
COMMAND = re.compile(r"^    \./kite (.*)$", re.M)
MARKED = re.compile(r"<!-- the tests run this -->\n\n((?:    \./kite .*\n)+)(?:\n```\n((?:(?!```).*\n)*)```\n)?")
RUN = [(commands, output) for commands, output in MARKED.findall(PAGE.read_text())]


def words_of(command):
    return shlex.split(command, comments=True)


@pytest.mark.parametrize("command", dict.fromkeys(COMMAND.findall(PAGE.read_text())))
def test_the_command_line_takes_it(command):
    words, found = words_of(command), group
    while isinstance(found, click.Group):
        found = found.commands[words.pop(0)]
    with found.make_context(found.name, words):
        pass


def squeezed(text):
    return re.sub(r"[\s─]+", " ", text).strip()


def missing(shown, printed):
    """The first line that the page shows and the output has not, after those before it; None if all are there."""
    lines = iter([squeezed(line) for line in printed.splitlines()])
    for line in filter(None, map(squeezed, shown.splitlines())):
        wanted = re.compile(".*".join(map(re.escape, line.split("..."))) + ("$" if not line.endswith("...") else ""))
        if not any(wanted.match(one) for one in lines):
            return line
    return None


def test_a_line_that_is_not_there_is_noticed():
    assert missing("a 1 ...\nc ...", "a 1 2\nb\nc 3\n") is None
    assert missing("c ...\na 1 ...", "a 1 2\nb\nc 3\n") == "a 1 ..." and missing("a", "a 1\n") == "a"


@pytest.fixture(scope="module")
def built():
    before = set(paths.RECORDS.glob("*"))
    for preset in (machines.choose(["qemu-riscv64"])[0].preset("release", True), "host-release"):
        build.build(preset)
    yield
    for path in set(paths.RECORDS.glob("*-host.json")) - before:            # what the examples left
        path.unlink()


@pytest.mark.parametrize("commands, output", RUN, ids=[words_of(commands.splitlines()[0])[1:3][-1] + str(i) for i, (commands, _) in enumerate(RUN)])
def test_it_prints_what_the_page_shows(commands, output, built, tmp_path):
    for line in commands.splitlines():
        words = words_of(line)[1:]
        if "--host" in words and not paths.HOST_BENCH.exists():
            pytest.skip("Google Benchmark (libbenchmark-dev) is not installed")
        if words[0] in ("report", "export") and not record.all_records():
            pytest.skip("there is no record yet")
        if "--estimate" in words and not (shutil.which("llvm-mca-19") or shutil.which("llvm-mca")):
            pytest.skip("llvm-mca is not installed")
        done = kite(*words, cwd=tmp_path)
        assert done.returncode == 0 and done.stdout.strip(), done.stderr
        if "-o" in words:
            assert (tmp_path / words[words.index("-o") + 1]).stat().st_size > 100
    assert missing(output, done.stdout) is None, done.stdout


def test_the_page_has_examples_that_are_run():
    assert len(RUN) >= 8 and sum(bool(output) for _, output in RUN) >= 6
