# SPDX-License-Identifier: BSD-2-Clause
"""What guests, the plugin and board files may say, and what they may not."""
import json

import pytest

from analysis import benchmarks, budgets, console, elf, machines, plugin
from analysis.failure import Exit, Failure

HEADER = {"plugin": "kite", "version": 1, "fields": ["stamp", "kernel_instructions", "firmware_instructions", "loads", "stores",
                                                     "data_lines", "code_lines", "data_lines_pair", "code_lines_pair", "hits"]}
END = {"end": True, "regions": 1, "open": False, "longest": 7, "longest_stamp": 3, "hits": [1, 2]}
REGION = {"region": 0, "begin": 1, "end": 9, "passages": [[2, 3, 0, 1, 1, 1, 1, 1, 1, 1]], "pcs": [["ffffffff80000000", 3]]}


def lines(*objects):
    return "".join(json.dumps(value) + "\n" for value in objects)


def test_console_understands_every_line():
    parsed = console.parse("noise\r\nok a name with spaces\r\nnot ok other: it broke: badly\nskip third: no such machine\n"
                           "bench x/y words=8 space=other iterations=4 passages=2 names=x/a,x/b\ntrace 1 ab\ndone 1 1 1\nhalt 1\n")
    assert parsed.verdicts == [("ok", "a name with spaces", ""), ("not ok", "other", "it broke: badly"), ("skip", "third", "no such machine")]
    assert parsed.benches == [console.BenchLine("x/y", {"words": 8, "space": "other"}, 4, 2, ["x/a", "x/b"])]
    assert (parsed.done, parsed.halt, parsed.traces) == ((1, 1, 1), 1, ["trace 1 ab"])


@pytest.mark.parametrize("line", ["bench x words", "bench x words=1", "bench x iterations=0 passages=1", "bench x iterations=a passages=1"])
def test_console_refuses_a_bench_line_it_cannot_read(line):
    with pytest.raises(Failure) as caught:
        console.parse(line)
    assert caught.value.code == Exit.BENCHMARK


def test_plugin_output_is_read():
    report = plugin.parse(lines(HEADER, REGION, END))
    assert report.longest == 7 and report.hits == (1, 2) and report.regions[0].pcs == {0xffffffff80000000: 3}
    assert report.regions[0].passages[0].kernel_instructions == 3


@pytest.mark.parametrize("text", ["", lines(HEADER), lines(HEADER, REGION), lines(HEADER, REGION, END)[:-9], lines(REGION, END),
                                  lines({**HEADER, "version": 2}, REGION, END), lines(HEADER, {**REGION, "passages": [[1]]}, END)])
def test_plugin_output_that_was_cut_off_means_a_dead_machine(text):
    with pytest.raises(Failure) as caught:
        plugin.parse(text)
    assert caught.value.code == Exit.MACHINE


def test_a_region_that_never_ends_is_a_failed_benchmark():
    with pytest.raises(Failure) as caught:
        plugin.parse(lines(HEADER, REGION, {**END, "open": True}))
    assert caught.value.code == Exit.BENCHMARK


@pytest.mark.parametrize("text", ['name = "m"', 'name = "other"\narch = "riscv64"\ncommand = []\ncpu = "x"', "name = ",
                                  'name = "m"\narch = "vax"\ncommand = []\ncpu = "x"',
                                  'name = "m"\narch = "riscv64"\ncommand = []\ncpu = "x"\nfirmware = [1]',
                                  'name = "m"\narch = "riscv64"\ncommand = []\ncpu = "x"\nspeed = 3',
                                  'name = "m"\narch = "riscv64"\ncommand = []\ncpu = "x"\n[[variant]]\nname = "n"',
                                  'name = "m"\narch = "riscv64"\ncommand = []\ncpu = "x"\n[[variant]]\nname = "m-n"\nspeed = 3',
                                  'name = "m"\narch = "riscv64"\ncommand = []\ncpu = "x"\n[[variant]]\nname = "m-n"\noptions = { "-M" = "y" }'])
def test_board_files_say_which_key_is_wrong(tmp_path, text):
    (tmp_path / "m.toml").write_text(text)
    with pytest.raises(Failure) as caught:
        machines.read_machines(tmp_path / "m.toml")
    assert "m.toml" in str(caught.value)


def test_board_commands_are_filled_in(tmp_path):
    (tmp_path / "m.toml").write_text('name = "m"\narch = "riscv64"\ncpu = "x"\ncommand = ["q", "-k", "{kernel}", "-a", "{command_line}"]')
    command = machines.read_machines(tmp_path / "m.toml")[0].boot_command("riscv64-release", "a.cpio", "random seed=1")
    assert command[:2] == ["q", "-k"] and command[2].endswith("build/riscv64-release/kernel.image") and command[4] == "random seed=1"


VARIANT = """
name = "m"
arch = "riscv64"
cpu = "x"
command = ["q", "-M", "virt", "{command_line}"]
[[variant]]
name = "m-small"
options = { "-M" = "spike" }
words = "kite.tags=0"
needs = ["no-such-command", "sh"]
"""


def test_a_variant_is_its_machine_but_for_what_it_says(tmp_path):
    (tmp_path / "m.toml").write_text(VARIANT)
    machine, variant = machines.all_machines(tmp_path).values()
    assert machine.main and not variant.main and variant.variant_of == "m" and variant.cpu == "x"
    assert machine.boot_command("p", "a", "filter=x") == ["q", "-M", "virt", "filter=x"]
    assert variant.boot_command("p", "a", "filter=x") == ["q", "-M", "spike", "kite.tags=0 filter=x"]
    assert variant.boot_command("p", "a", "")[3] == "kite.tags=0" and variant.lacks() == ["no-such-command"]


def test_what_is_tested_is_every_machine_and_every_variant():
    assert set(machines.all_machines()) == {machine.name for machine in machines.choose_tested([])} > {"qemu-aarch64-el2"}
    assert [machine.name for machine in machines.choose_tested(["qemu-riscv64"])] == ["qemu-riscv64"]


def test_the_three_machines_are_there():
    assert [machine.name for machine in machines.choose([])] == ["qemu-x86_64", "qemu-aarch64", "qemu-riscv64"]


def test_a_machine_that_counts_nothing_is_not_measured():
    assert machines.choose(["bochs-x86_64"])
    with pytest.raises(Failure) as caught:
        machines.choose_measuring(["bochs-x86_64"])
    assert caught.value.code == Exit.USAGE


def test_unknown_machine_is_a_usage_error_with_the_list():
    with pytest.raises(Failure) as caught:
        machines.choose(["qemu-vax"])
    assert caught.value.code == Exit.USAGE and "qemu-riscv64" in str(caught.value)


def test_every_benchmark_of_the_issue_is_listed():
    wanted = {"ipc/round_trip", "ipc/call", "ipc/reply_recv", "system/null", "floor/trap", "floor/space_switch", "error/empty_slot"}
    assert wanted <= set(benchmarks.all_benchmarks())


def test_the_budgets_are_read():
    assert {line.bench for line in budgets.read()} <= set(benchmarks.all_benchmarks())


@pytest.mark.parametrize("line", ["budget ipc/call 0 other kernel_instructions 1 2", "limit ipc/call 0 other loads 1 2 3",
                                  "budget ipc/call 0 other cycles 1 2 3", "budget ipc/call x other loads 1 2 3"])
def test_a_budget_line_that_cannot_be_read_is_an_error(line):
    with pytest.raises(Failure):
        budgets.parse(line)


def test_not_an_elf_file_is_an_error(tmp_path):
    (tmp_path / "x").write_bytes(b"\x7fELF\x01")
    with pytest.raises(Failure):
        elf.Elf(tmp_path / "x")
    with pytest.raises(Failure):
        elf.Elf(tmp_path / "missing")
