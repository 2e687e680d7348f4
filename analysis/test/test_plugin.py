# SPDX-License-Identifier: BSD-2-Clause
"""The plugin against a guest that was counted by hand (bench/plugin/test/counted.riscv64.S)."""
import shutil
import subprocess

import pytest
from conftest import ROOT

from analysis import build, elf, paths, plugin

SOURCE = ROOT / "bench" / "plugin" / "test" / "counted.riscv64.S"
HIGH, LOW = 0xffffffc000000000, 0x40000000


def tool(name):
    return shutil.which(f"{name}-19") or shutil.which(name)


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """The guest's report: the plugin is built, the guest linked and run once."""
    directory = tmp_path_factory.mktemp("counted")
    guest = directory / "guest.elf"
    build.build_plugin()
    subprocess.run([tool("clang"), "--target=riscv64-unknown-none-elf", "-march=rv64ima", "-mno-relax", "-nostdlib",
                    f"-fuse-ld={tool('ld.lld')}", "-Wl,-Ttext=0x80200000", "-Wl,--omagic", str(SOURCE), "-o", str(guest)], check=True)
    symbols = elf.Elf(guest).symbols()
    hits = f"{symbols['call.commit'] + HIGH:#x}:0x1"
    subprocess.run(["qemu-system-riscv64", "-M", "virt", "-m", "64M", "-nographic", "-bios", "default", "-kernel", str(guest),
                    "-icount", "shift=0,sleep=off", "-plugin",
                    f"file={paths.PLUGIN},out=plugin.jsonl,marker={symbols['marker'] - LOW:#x},hit={hits},trace=0-29,firmware=0x80000000-0x80200000"],
                   cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=60)
    return plugin.parse((directory / "plugin.jsonl").read_text())


def test_there_is_one_region_with_every_passage(counted):
    assert len(counted.regions) == 1 and len(counted.regions[0].passages) == 20


def test_kernel_instructions_loads_stores_and_lines_are_the_hand_count(counted):
    for plain, firmware in zip(counted.regions[0].passages[::2], counted.regions[0].passages[1::2]):
        assert (plain.kernel_instructions, plain.firmware_instructions, plain.loads, plain.stores) == (13, 0, 2, 1)
        assert (firmware.kernel_instructions, firmware.loads, firmware.stores) == (16, 2, 1) and firmware.firmware_instructions > 100
        assert (plain.data_lines, plain.code_lines, firmware.code_lines) == (2, 2, 2)
        assert (plain.data_lines_pair, plain.code_lines_pair) == (2, 2)
        assert plain.hits == firmware.hits == 1


def test_stamps_count_every_instruction(counted):
    passages = counted.regions[0].passages
    assert passages[0].stamp == counted.regions[0].begin + 2                        # li, ecall
    for plain, firmware, after in zip(passages[::2], passages[1::2], passages[2::2]):
        assert firmware.stamp - plain.stamp == 13 + 2                               # the handler; li, ecall
        assert after.stamp - firmware.stamp == 16 + firmware.firmware_instructions + 4      # addi, bnez, li, ecall


def test_every_address_is_counted_as_often_as_it_ran(counted):
    counts = list(counted.regions[0].pcs.values())
    assert sorted(set(counts)) == [10, 20] and counts.count(10) == 3 and counts.count(20) == 13


def test_the_end_says_how_often_an_address_ran_in_all(counted):
    assert counted.hits == (20, 0) and counted.longest == 16


def test_the_trace_has_the_last_instructions_with_what_they_touched(counted):
    region = counted.regions[0]
    whole = [one for one in region.trace if one.passage == 19]                      # the last passage, all of it
    assert len(region.trace) == 29 and len(whole) == 16 and all(one.passage == 18 for one in region.trace[:-16])
    assert [sum(getattr(one, field) for one in whole) for field in ("loads", "stores", "data_lines", "code_lines")] == [2, 1, 2, 2]
    assert whole[0].stamp == region.passages[19].stamp and whole[0].code_lines == 1
    assert (whole[3].stores, whole[3].data_lines) == (1, 1)                         # sd: the first to touch its line
    assert (whole[5].loads, whole[5].data_lines) == (1, 1)                          # ld across two lines: one is new


def test_the_lines_of_the_last_two_passages_are_there(counted):
    (data, code), last = counted.regions[0].lines
    assert (len(data), len(code)) == (2, 2) and last == (data, code)
    assert all(line % 64 == 0 for line in data + code) and code[1] - code[0] == 64 and data[1] - data[0] == 64
