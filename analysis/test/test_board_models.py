# SPDX-License-Identifier: BSD-2-Clause
"""The real benchmark program on QEMU's models of the boards, behind a pseudo-terminal, over a line that damages and loses; and that
the images boot by the boot loaders that they are for."""
import contextlib
import dataclasses
import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from analysis import machines, paths, record
from analysis.board import bench, campaign, description, image, kvm, session, standin
from analysis.failure import Exit, Failure

NOISE = description.Noise(flips=0.001, lost=0.02, seed=5)
U_BOOT = Path("/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf")
BOARDS = ("pc", "hifive-unleashed", "raspberry-pi-3")


def quiet(_):
    pass


def noisy(name, noise=NOISE):
    board = description.choose(name)
    if lacks := machines.all_machines()[board.model].lacks():
        pytest.skip(f"this host lacks {', '.join(lacks)}")
    return dataclasses.replace(board, noise=noise)


@pytest.fixture(autouse=True)
def impatient(monkeypatch, results):
    monkeypatch.setattr(session, "REPEAT", 0.3)
    monkeypatch.setattr(record.paths, "RECORDS", results / "records")


def test_a_pc_is_measured_in_bochs_too(capsys):
    board = description.choose("pc", model="bochs-x86_64")
    if lacks := machines.all_machines()[board.model].lacks():
        pytest.skip(f"this host lacks {', '.join(lacks)}")
    assert bench.run(bench.Options(board, "^system/null", True, boots=1, stand_in=True), quiet) == Exit.SAME
    row = json.loads(capsys.readouterr().out)
    assert row["metric"] == "ticks" and row["minimum"] == row["maximum"], "Bochs counts instructions as ticks"


@pytest.mark.parametrize("name", BOARDS)
def test_a_model_over_a_noisy_line_leaves_a_record(name, capsys):
    said, cold = [], 64 if name == "hifive-unleashed" else 0
    code = bench.run(bench.Options(description.with_working_set(noisy(name), cold), "^system/null", True, boots=1, stand_in=True), said.append)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    board = description.choose(name)
    expected = {campaign.IN_MODELS.get(counter, counter) for counter in board.counters.in_model}
    assert code == Exit.SAME and {row["metric"] for row in rows} == expected and all(row["value"] > 0 for row in rows)
    assert {row["params"].get("set", 0) for row in rows if row["bench"] == "system/null"} == {cold}     # KiB, touched in between
    lines = record.read(next(record.paths.RECORDS.glob("*.jsonl")))
    assert lines[0]["board"]["stand_in"].startswith(board.model) and "without icount" in lines[0]["board"]["stand_in"]
    assert all(len(line["samples"][metric]) == board.counters.samples for line in lines if line["type"] == "samples"
               for metric in line["samples"])
    assert any("damaged lines" in text for text in said), said


def test_an_event_of_ones_own_is_counted_beside_the_others(capsys):
    """CPU_CYCLES, which QEMU has as an event, too: it must come out as what the cycle counter says, or nearly."""
    board = noisy("raspberry-pi-3", description.Noise())
    board = dataclasses.replace(board, counters=dataclasses.replace(board.counters, event=0x11, in_model=("cycles", "event")))
    bench.run(bench.Options(board, "^system/null", True, boots=1, stand_in=True), quiet)
    rows = {row["metric"]: row["value"] for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert 0.3 < rows["event"] / rows["model_cycles"] < 3


def test_a_model_that_is_reset_in_the_middle_is_booted_again():
    said = []
    board = noisy("hifive-unleashed", description.Noise(reboot_after=6_000))
    bench.run(bench.Options(board, "^wait/", True, boots=1, stand_in=True), said.append)
    assert any("began anew in the middle" in text and "once more" in text for text in said), said


def answers(starter, made):
    """The hello and the cases of one boot."""
    try:
        starter.start(made)
        return session.Session(starter.open(), "image", made.token, 30).run()
    finally:
        starter.close()


class Emulator(standin.StandIn):
    """A stand-in that is started by a command of the test's."""

    def __init__(self, command):
        self.made = command
        super().__init__(description.choose("hifive-unleashed"), quiet)

    def command(self, _):
        return self.made


def part(name, pattern="^system/null"):
    return image.build_and_part(description.choose(name), True, pattern, quiet).image


@pytest.mark.skipif(not U_BOOT.exists() or not shutil.which("mkimage") or not shutil.which("mcopy"),
                    reason="this host lacks u-boot-qemu, u-boot-tools or mtools")
def test_the_hifives_image_is_booted_by_u_boot_from_a_card(tmp_path):
    made = part("hifive-unleashed")
    folder, card = image.make(description.choose("hifive-unleashed"), made, tmp_path / "files"), tmp_path / "card.img"
    card.write_bytes(bytes(48 << 20))
    subprocess.run(["mformat", "-i", card, "-F", "::"], check=True)
    subprocess.run(["mcopy", "-i", card, folder / "kite.itb", folder / "boot.scr", "::"], check=True)
    boot = answers(Emulator(["qemu-system-riscv64", "-M", "virt", "-m", "512M", "-display", "none", "-monitor", "none", "-serial", "stdio",
                             "-nic", "none", "-bios", "default", "-kernel", str(U_BOOT), "-drive", f"file={card},format=raw,if=none,id=d",
                             "-device", "virtio-blk-device,drive=d"]), made)
    assert boot.cases == 1 and any("Using 'kite' configuration" in line for line in boot.log)


def test_the_raspberry_pis_files_boot_in_its_model(tmp_path):
    own = tmp_path / "my-pi.toml"
    own.write_text((paths.BOARDS / "raspberry-pi-3.toml").read_text().replace('"raspberry-pi-3"', '"my-pi"', 1))
    board, made = description.choose(str(own)), part(str(own))
    folder = tmp_path / "card"
    folder.mkdir()
    (folder / "start.elf").write_text("somebody else's")
    image.make(board, made, folder)
    assert (folder / "start.elf").read_text() == "somebody else's"
    boot = answers(Emulator(["qemu-system-aarch64", "-M", "raspi3b", "-display", "none", "-monitor", "none", "-serial", "stdio",
                             "-kernel", str(folder / "kernel8.img"), "-initrd", str(folder / "archive"), "-dtb", str(folder / "kite.dtb"),
                             "-append", (folder / "cmdline.txt").read_text().strip()]), made)
    assert boot.cases == 1


def test_the_pcs_image_boots_as_a_usb_stick(tmp_path):
    noisy("pc")
    made = part("pc")
    stick = image.make(description.choose("pc"), made, tmp_path / "stick.iso")
    boot = answers(Emulator(["qemu-system-x86_64", "-M", "q35", "-cpu", "max", "-m", "256M", "-display", "none", "-monitor", "none",
                             "-serial", "stdio", "-nic", "none", "-device", "qemu-xhci", "-device", "usb-storage,drive=d",
                             "-drive", f"file={stick},format=raw,if=none,id=d,readonly=on"]), made)
    assert boot.cases == 1


def test_an_image_of_another_kernel_is_noticed():
    board = noisy("hifive-unleashed")
    made = part("hifive-unleashed")
    with pytest.raises(Failure) as caught:
        answers(Emulator(standin.StandIn(board, quiet).command(made)), dataclasses.replace(made, token="0123456789abcdef"))
    assert caught.value.code == Exit.MACHINE and "another image" in str(caught.value)


def test_an_image_onto_a_full_disk_is_exit_1_and_leaves_what_was_there(tmp_path, monkeypatch):
    made = part("raspberry-pi-3")
    image.make(description.choose("raspberry-pi-3"), made, tmp_path)
    before = (tmp_path / "kernel8.img").read_bytes()

    def full(source, place, **_):
        if Path(place).parent == tmp_path:
            Path(place).write_bytes(b"half")
            raise OSError(28, "No space left on device")
        return copyfile(source, place)
    copyfile = shutil.copyfile
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(Failure) as caught:
        image.make(description.choose("raspberry-pi-3"), made, tmp_path)
    assert caught.value.code == Exit.ERROR and "No space left" in str(caught.value)
    assert (tmp_path / "kernel8.img").read_bytes() == before and not list(tmp_path.glob("*.part"))


def test_the_programs_counters_are_the_laboratorys():
    text = (paths.ROOT / "bench" / "guest" / "counter.def").read_text()
    assert all(f'"{name}"' in text for name in description.COUNTERS) and text.count("\nCOUNTER(") == len(description.COUNTERS)


def test_kvm_is_used_where_it_runs_guests_and_else_says_why(monkeypatch, tmp_path):
    assert "the guest riscv64" in kvm.unusable("riscv64")
    monkeypatch.setattr(kvm, "DEVICE", str(tmp_path / "kvm"))
    assert "there is no" in kvm.unusable("x86_64")
    (tmp_path / "kvm").write_text("")
    assert "kvm: " in kvm.unusable("x86_64"), "a file is no KVM"
    monkeypatch.undo()
    why = kvm.unusable("x86_64")
    options = bench.Options(description.with_kvm([]), "^system/null", True, boots=1, stand_in=True)
    if why:
        with pytest.raises(Failure) as caught:
            bench.run(options, quiet)
        assert caught.value.code == Exit.MACHINE and why.split(":")[0] in str(caught.value)
    else:
        assert bench.run(options, quiet) == Exit.SAME


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_is_exit_130_keeps_its_boots_and_leaves_no_emulator(number):
    noisy("hifive-unleashed")
    process = subprocess.Popen([str(paths.ROOT / "kite"), "bench", "--board", "hifive-unleashed", "--stand-in", "--path", "fast", "--boots",
                                "500", "--filter", "^poll/nothing"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    while "boot 2 of 500" not in (line := process.stderr.readline()):
        assert line, "it ended by itself"
    process.send_signal(number)
    said = process.stderr.read()
    assert process.wait() == Exit.INTERRUPTED and "boots are kept" in said and "--resume" in said
    assert not [command for command in commands() if "sifive_u" in command and "filter=poll/nothing" in command]


def commands():
    """The command lines of all processes."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield file.read_text(errors="replace").replace("\0", " ")
