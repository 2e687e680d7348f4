# SPDX-License-Identifier: BSD-2-Clause
"""The fuzzer's front end: what it finds, and the line that shows it again."""
from analysis import emulator, fuzz
from analysis.failure import Exit, Failure


class Machine:
    name = "qemu-vax"

    @staticmethod
    def preset(kind, fast):
        return f"vax-{kind}" + ("" if fast else "-slow")


def say(text):
    pass


def run(monkeypatch, boot, **wanted):
    monkeypatch.setattr(emulator, "boot", boot)
    monkeypatch.setattr(fuzz.build, "build", lambda preset, say: None)
    kernel = fuzz.Kernel("debug", wanted.pop("fast", True), wanted.pop("tame", False))
    return fuzz.run([Machine], kernel, 10, fuzz.Amount(**wanted), say)


def test_nothing_found_is_exit_0_after_as_many_steps_as_wanted(monkeypatch):
    seen = []

    def boot(machine, preset, archive, words, seconds):
        seen.append(words)
        return "", type("Console", (), {"halt": 0, "done": (1, 0, 0)})

    assert run(monkeypatch, boot, steps=fuzz.EACH * fuzz.BOOT_SEEDS + 1) == Exit.SAME
    assert "fuzz=10 " in seen[0] and f"fuzz={10 + fuzz.BOOT_SEEDS} steps=1 each=1 " in seen[1] and len(seen) == 2


def test_a_panic_is_found_with_the_seed_after_the_last_good_one(monkeypatch, capsys):
    def boot(machine, preset, archive, words, seconds):
        raise Failure(Exit.MACHINE, "    | fuzz 10 ab\n    | fuzz 11 cd\n    | kernel panic: broken\nqemu-vax: it ended")

    assert run(monkeypatch, boot, steps=10 * fuzz.EACH, fast=False, tame=True) == Exit.ERROR
    line = "./kite fuzz --machine qemu-vax --seed 12 --steps 2000 --tame --slow"
    assert line in capsys.readouterr().out


def test_a_test_that_fails_is_found(monkeypatch, capsys):
    def boot(machine, preset, archive, words, seconds):
        return "not ok fuzz: memory left\n", type("Console", (), {"halt": 1, "done": (0, 1, 0)})

    assert run(monkeypatch, boot, steps=5) == Exit.ERROR
    assert "--seed 10 --steps 5" in capsys.readouterr().out


def run_host(monkeypatch, tmp_path, script):
    program = tmp_path / "host-debug" / "kernel" / "fuzz" / "fuzz_syscalls"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n" + script)
    program.chmod(0o755)
    monkeypatch.setattr(fuzz.paths, "BUILD", tmp_path)
    monkeypatch.setattr(fuzz.build, "build", lambda preset, say: None)
    monkeypatch.setattr(fuzz, "HOST_FUZZERS", ("fuzz_syscalls",))
    return fuzz.run_host(7, fuzz.Amount(50), say)


def test_the_hosts_fuzzer_is_told_its_seed_and_how_long(monkeypatch, tmp_path, capsys):
    wanted = 'case "$*" in *-seed=7*-runs=50*fuzz_syscalls.corpus) exit 0;; esac; exit 1'
    assert run_host(monkeypatch, tmp_path, wanted) == Exit.SAME
    assert capsys.readouterr().out == ""


def test_what_the_hosts_fuzzer_finds_is_shown_with_the_input_that_repeats_it(monkeypatch, tmp_path, capsys):
    assert run_host(monkeypatch, tmp_path, "echo 'x; Test unit written to /there/crash-1'; exit 77") == Exit.ERROR
    text = capsys.readouterr().out
    assert "seed 7 of fuzz_syscalls" in text and "fuzz_syscalls /there/crash-1" in text
