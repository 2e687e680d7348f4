# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for a board: QEMU's model of it, without icount, behind a pseudo-terminal that the laboratory opens as it
opens any serial port.  The line can be made noisy: bytes that flip, lines that get lost, a reset in the middle."""
import contextlib
import os
import random
import select
import subprocess
import termios
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


def terminal():
    """Both ends of another pseudo-terminal, for an emulator that wants its console to be one."""
    master, slave = os.openpty()
    tty.setraw(slave)
    return master, slave


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
        self.terminal = terminal() if self.machine.serial else None

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
        ends = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "bufsize": 0}
        if self.terminal:
            ends = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
                    "env": {**os.environ, self.machine.serial: os.ttyname(self.terminal[1])}}
        try:
            return subprocess.Popen(command, start_new_session=True, **ends)
        except OSError as error:
            raise Failure(Exit.MACHINE, f"{self.board.name}: cannot start {command[0]}: {error}") from None

    def ends(self):
        """Where the emulator's console is read and written."""
        if self.terminal:
            return self.terminal[0], self.terminal[0]
        return self.process.stdout.fileno(), self.process.stdin.fileno()

    def carry(self, image):
        """Carries bytes both ways until the emulator is stopped."""
        noise, sent = self.board.noise, 0
        out, back = NoisyLine(noise, noise.seed + 2 * self.boots), NoisyLine(noise, noise.seed + 2 * self.boots + 1)
        reboot = noise.reboot_after if self.boots == 1 else 0
        while not self.stopping:
            says, hears = self.ends()
            ready = select.select([says, self.master], [], [], 0.2)[0]
            with contextlib.suppress(OSError, ValueError):
                if self.master in ready:
                    os.write(hears, back.passes(os.read(self.master, 4096)))
                if says in ready:
                    data = os.read(says, 4096)
                    if not data:
                        return
                    sent += len(data)
                    os.write(self.master, out.passes(data))
            if reboot and sent >= reboot:
                reboot = 0
                emulator.stop(self.process)
                self.process = self.run(image)

    def off(self):
        if self.process:
            self.stopping = True
            self.pump.join()
            emulator.stop(self.process)
            self.process = None

    def start(self, image):
        self.off()
        for descriptor in self.terminal or ():              # what the last one said, and nobody read
            termios.tcflush(descriptor, termios.TCIOFLUSH)
        self.open().forget()
        self.boots += 1
        self.stopping, self.process = False, self.run(image)
        self.pump = threading.Thread(target=self.carry, args=(image,), daemon=True)
        self.pump.start()

    def close(self):
        self.off()
        if self.port:
            self.port.close()
        for descriptor in (self.master, self.slave, *(self.terminal or ())):
            os.close(descriptor)
