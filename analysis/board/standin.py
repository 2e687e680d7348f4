# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for a board: QEMU's model of it, without icount, behind a pseudo-terminal that the laboratory opens as it
opens any serial port.  The line can be made noisy: bytes that flip, lines that get lost, a reset in the middle."""
import contextlib
import os
import random
import select
import subprocess
import threading
import tty

from analysis import emulator, machines
from analysis.board import kvm
from analysis.board import port as ports
from analysis.failure import Exit, Failure

# A monitor behind the console would take a damaged character for its escape.
CONSOLE = {"-nographic": ["-display", "none", "-monitor", "none", "-serial", "stdio"]}


class NoisyLine:
    """What a bad cable does to bytes that pass."""

    def __init__(self, noise, seed):
        self.noise, self.random, self.losing = noise, random.Random(seed), False

    def passes(self, data):
        out = bytearray()
        for byte in data:
            if self.losing:
                self.losing = byte != 10
                continue
            if byte == 10:
                self.losing = self.random.random() < self.noise.lost
            flipped = self.random.random() < self.noise.flips
            out.append(byte ^ 1 << self.random.randrange(8) if flipped else byte)
        return bytes(out)


class StandIn:
    stand_in = True

    def __init__(self, board, say):
        if not board.model:
            raise Failure(Exit.USAGE, f"{board.where}: no machine of boards/ can stand in for it (model)")
        self.board, self.say, self.emulates = board, say, board.accel != "kvm"
        self.machine = machines.all_machines()[board.model]
        if lacks := self.machine.lacks():
            raise Failure(Exit.MACHINE, f"{board.model}: this computer lacks {', '.join(lacks)}")
        if board.accel == "kvm" and (why := kvm.unusable(board.arch)):
            raise Failure(Exit.MACHINE, f"{board.name}: KVM cannot be used here: {why}")
        self.boots, self.process, self.pump, self.port = 0, None, None, None
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.slave, self.path = slave, os.ttyname(slave)

    def open(self):
        if not self.port:
            self.port = ports.SerialPort(self.path, 115200)
        return self.port

    def command(self, image):
        words = self.machine.command_of(str(image.kernel), str(image.archive), image.command_line)
        if self.board.accel == "kvm":
            words = kvm.with_kvm(words)
        return [part for word in words for part in CONSOLE.get(word, [word])]

    def run(self, image):
        command = self.command(image)
        try:
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0,
                                    start_new_session=True)
        except OSError as error:
            raise Failure(Exit.MACHINE, f"{self.board.name}: cannot start {command[0]}: {error}") from None

    def carry(self, image):
        """Carries bytes both ways until the emulator is stopped."""
        noise, sent = self.board.noise, 0
        out, back = NoisyLine(noise, noise.seed + 2 * self.boots), NoisyLine(noise, noise.seed + 2 * self.boots + 1)
        reboot = noise.reboot_after if self.boots == 1 else 0
        while not self.stopping:
            process = self.process
            ready = select.select([process.stdout, self.master], [], [], 0.2)[0]
            with contextlib.suppress(OSError, ValueError):
                if self.master in ready:
                    process.stdin.write(back.passes(os.read(self.master, 4096)))
                if process.stdout in ready:
                    data = os.read(process.stdout.fileno(), 4096)
                    if not data:
                        return
                    sent += len(data)
                    os.write(self.master, out.passes(data))
            if reboot and sent >= reboot:
                reboot = 0
                emulator.stop(process)
                self.process = self.run(image)

    def off(self):
        if self.process:
            self.stopping = True
            self.pump.join()
            emulator.stop(self.process)
            self.process = None

    def start(self, image):
        self.off()
        self.open().forget()
        self.boots += 1
        self.stopping, self.process = False, self.run(image)
        self.pump = threading.Thread(target=self.carry, args=(image,), daemon=True)
        self.pump.start()

    def close(self):
        self.off()
        if self.port:
            self.port.close()
        os.close(self.master)
        os.close(self.slave)
