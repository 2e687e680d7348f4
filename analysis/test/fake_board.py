# SPDX-License-Identifier: BSD-2-Clause
"""A board that is a thread: it speaks the benchmark program's side of the wire (bench/guest/link.c) over a port in memory, through
a noisy line, with samples whose truth is known.  Quick enough for hundreds of comparisons."""
import queue
import threading

import numpy

from analysis.board import description, port, standin, wire

ROWS = ("ipc/round_trip words=0 space=other stub=inline", "system/null stub=inline")
SAMPLES_A_LINE = 8


class MemoryPort(port.LineReader):
    """What the laboratory reads and writes; the board holds the other end."""

    def __init__(self):
        super().__init__("a port in memory")
        self.coming, self.going = queue.Queue(), queue.Queue()

    def read_bytes(self, timeout):
        try:
            return self.coming.get(timeout=timeout)
        except queue.Empty:
            return b""

    def write(self, data):
        self.going.put(data)

    def forget(self):
        super().forget()
        while not self.coming.empty():
            self.coming.get()


class Guest:
    """One boot: says its blocks one after the other, each until it is acknowledged."""

    def __init__(self, memory, blocks, noise, seed, mischief=""):
        self.memory, self.blocks, self.mischief = memory, blocks, mischief
        self.out, self.back = standin.NoisyLine(noise, seed), standin.NoisyLine(noise, seed + 1)
        self.over, self.pending = threading.Event(), b""
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def say(self, data):
        self.memory.coming.put(self.out.passes(data))

    def send(self, number, lines):
        block = self.blocks[number]
        self.say(b"".join(wire.sealed(f"#{number:x} {line:x} {block[line]}") for line in lines)
                 + wire.sealed(f"#{number:x} end {len(block):x}"))

    def hear(self):
        while b"\n" not in self.pending:
            try:
                self.pending += self.back.passes(self.memory.going.get(timeout=0.05))
            except queue.Empty:
                if self.over.is_set():
                    return None
        line, _, self.pending = self.pending.partition(b"\n")
        return wire.opened(line.decode("ascii", errors="replace")) or ""

    def answer(self, number):
        """Serves one block; False when the boot is over."""
        while (text := self.hear()) is not None:
            words = text.split()
            if not words:
                self.say(wire.sealed(f"#{number:x} what 0"))
            elif words[0] == f"!{number:x}" and words[1:] == ["ok"]:
                return True
            elif words[0] == f"!{number:x}" and words[1] == "again":
                lines = [int(word, 16) for word in words[2:]] or range(len(self.blocks[number]))
                self.send(number, [line for line in lines if line < len(self.blocks[number])])
        return False

    def run(self):
        self.say(b"kite: a board that is not there\n")
        for number, block in enumerate(self.blocks):
            if number == 2 and self.mischief:
                getattr(self, self.mischief)()
                return
            self.send(number, range(len(block)))
            if not self.answer(number):
                return
        self.say(b"halt 0\n")

    # ---- what goes wrong in the middle ----

    def reboots(self):
        self.say(wire.sealed("#0 0 " + self.blocks[0][0]))

    def falls_silent(self):
        pass

    def panics(self):
        self.say(b"kernel panic: a made-up one\nhalt 2\n")


class FakeBoard:
    """Has the methods of control.Commands.  levels(side's token, boot) gives {row: samples}."""
    stand_in = emulates = False

    def __init__(self, samples, noise=description.Noise(), mischief=lambda boot: "", counters="cycles,ticks", token=None):
        self.samples, self.noise, self.mischief, self.counters, self.token = samples, noise, mischief, counters, token
        self.boots, self.guest, self.memory = 0, None, MemoryPort()

    def open(self):
        return self.memory

    def off(self):
        if self.guest:
            self.guest.over.set()
            self.guest.thread.join()
            self.guest = None

    def start(self, image):
        self.off()
        self.memory.forget()
        while not self.memory.going.empty():
            self.memory.going.get()
        self.boots += 1
        blocks = [[f"hello version=1 arch=riscv64 token={self.token or image.token} hz=1000000 fastpath=1 debug=0 tag_bits=16 "
                   f"counters={self.counters}"]]
        for row, values in self.samples(image.token, self.boots).items():
            count, first = len(values), [f"case {row} counter=cycles batch=1 samples={len(values)}"]
            blocks.append(first + [" ".join(f"{int(value):x}" for value in values[i:i + SAMPLES_A_LINE])
                                   for i in range(0, count, SAMPLES_A_LINE)])
        blocks.append([f"done cases={len(blocks) - 1}"])
        self.guest = Guest(self.memory, blocks, self.noise, self.noise.seed + 2 * self.boots, self.mischief(self.boots))

    def close(self):
        self.off()


class Truth:
    """Samples of a machine with a level of its own in each boot, a drift, a long tail, and interruptions; those of the
    image "b" are slower by `shift`."""

    def __init__(self, seed, shift=0.0, between=0.0033, drift=0.01, count=64):
        self.random, self.shift, self.between, self.drift, self.count = numpy.random.default_rng(seed), shift, between, drift, count

    def __call__(self, token, boot):
        rows = {}
        for row in ROWS:
            level = 100_000 * (1 + self.drift * boot / 64) * (1 + self.between * self.random.standard_normal())
            values = level * (1 + 0.01 * self.random.gamma(2, 1, self.count))
            values[self.random.random(self.count) < 0.02] *= 3
            rows[row] = values * (1 + (self.shift if token == "b" else 0))
        return rows
