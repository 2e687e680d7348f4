# SPDX-License-Identifier: BSD-2-Clause
"""What the tests share: made-up boots and rows, and a laboratory whose results lie in a temporary directory."""
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
os.environ["KITE_CONFIG"] = ""                  # what somebody made a default is no part of a test
signal.signal(signal.SIGINT, signal.default_int_handler)        # a shell's background job ignores it, and so would what it starts
sys.path[:0] = [str(ROOT), str(ROOT / "ci")]

from analysis import console, emulator, metrics, paths, plugin  # noqa: E402

FAST_CALL, FAST_REPLY, SLOW, DECLINED = (1 << emulator.HITS.index(name) for name in (
    "call.commit", "reply_recv.commit", "syscall_slow", "call.slow"))


def passage(stamp, kernel=50, loads=10, stores=5, data=7, code=4, pair=(9, 6), hits=FAST_CALL, firmware=0):
    return plugin.Passage(stamp, kernel, firmware, loads, stores, data, code, *pair, hits)


def round_trips(iterations=4, user=20, kernel=(50, 60), hits=(FAST_CALL, FAST_REPLY)):
    """A region of call and reply_recv, every iteration the same."""
    passages, stamp = [], 1000
    for i in range(2 * iterations):
        passages.append(passage(stamp, kernel[i % 2], hits=hits[i % 2]))
        stamp += kernel[i % 2] + user
    return plugin.Region(990, stamp, passages, {0xffffffff80000000: 2 * iterations, 0xffffffff80000004: 2 * iterations})


def boot(regions, lines, fast=True, machine="qemu-riscv64"):
    return emulator.Boot(SimpleNamespace(name=machine, arch="riscv64"), fast, console.parse(lines), lines,
                         plugin.Report(regions, 400, (0,) * 5))


def row(bench="ipc/call", value=50, taken="fast", machine="qemu-riscv64", **params):
    params = {"words": 0, "space": "other", "path": "fast", "stub": "inline"} | params
    samples = {metric: [value] * 4 for metric in metrics.METRICS}
    return metrics.Row(machine, bench, params, samples, taken)


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Records and baselines in a directory of the test's own."""
    monkeypatch.setattr(paths, "RECORDS", tmp_path / "records")
    monkeypatch.setattr(paths, "EXACT", tmp_path / "exact")
    return tmp_path


def kite(*words, cwd=None, environment=None):
    """Runs the launcher as a user would."""
    return subprocess.run([str(ROOT / "kite"), *words], capture_output=True, text=True, cwd=cwd, timeout=120,
                          env={**os.environ, "KITE_NO_INSTALL": "1", **(environment or {})})
