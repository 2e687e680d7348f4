# SPDX-License-Identifier: BSD-2-Clause
"""Whether this computer has a KVM that measures something: one that runs the guest's instructions itself.  Some can but
emulate (a KVM in a virtual machine without nested paging, for example): there an instruction takes thousands of cycles."""
import errno
import fcntl
import mmap
import os
import platform
import time

DEVICE = "/dev/kvm"
# linux/kvm.h: _IO(0xAE, n), and _IOW for structures.
GET_API_VERSION, CREATE_VM, GET_VCPU_MMAP_SIZE = 0xae00, 0xae01, 0xae04
API_VERSION = 12
HOSTS = {"x86_64": "x86_64", "aarch64": "aarch64", "riscv64": "riscv64"}
SET_MEMORY = 0x4020ae46         # KVM_SET_USER_MEMORY_REGION
CREATE_VCPU, RUN = 0xae41, 0xae80
GET_SREGS, SET_SREGS = 0x8138ae83, 0x4138ae84
SET_REGS = 0x4090ae82
EXIT_HLT = 5
EXIT_REASON = 8                 # offset in struct kvm_run
LOOPS = 200_000
NANOSECONDS_MAX = 50            # an instruction, of a loop of two: what is slower is emulated
SREGS_BYTES, CS_BASE, CS_SELECTOR = 312, 0, 12


def with_kvm(words):
    """A QEMU command that runs on KVM, with the host's own processor."""
    words = list(words)
    if "-cpu" in words:
        words[words.index("-cpu") + 1] = "host"
    else:
        words += ["-cpu", "host"]
    return [*words, "-accel", "kvm"]


def loop_code():
    """Real mode: mov ecx, LOOPS; dec ecx; jnz; hlt."""
    return b"\x66\xb9" + LOOPS.to_bytes(4, "little") + b"\x66\x49\x75\xfc\xf4"


def nanoseconds():
    """What an instruction of a guest takes, by running a small one; OSError where that cannot be."""
    device = os.open(DEVICE, os.O_RDWR | os.O_CLOEXEC)
    opened = [device]
    try:
        machine = fcntl.ioctl(device, CREATE_VM, 0)
        opened.append(machine)
        memory = mmap.mmap(-1, 4096)
        memory[:len(loop_code())] = loop_code()
        import ctypes
        address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        region = (0).to_bytes(4, "little") * 2 + b"".join(number.to_bytes(8, "little") for number in (0x1000, 4096, address))
        fcntl.ioctl(machine, SET_MEMORY, region)
        processor = fcntl.ioctl(machine, CREATE_VCPU, 0)
        opened.append(processor)
        shared = mmap.mmap(processor, fcntl.ioctl(device, GET_VCPU_MMAP_SIZE, 0))
        segments = bytearray(SREGS_BYTES)
        fcntl.ioctl(processor, GET_SREGS, segments)
        segments[CS_BASE:CS_BASE + 8] = bytes(8)
        segments[CS_SELECTOR:CS_SELECTOR + 2] = bytes(2)
        fcntl.ioctl(processor, SET_SREGS, bytes(segments))
        registers = bytearray(18 * 8)
        registers[16 * 8:17 * 8] = (0x1000).to_bytes(8, "little")       # rip
        registers[17 * 8:18 * 8] = (2).to_bytes(8, "little")            # rflags
        fcntl.ioctl(processor, SET_REGS, bytes(registers))
        before = time.monotonic_ns()
        fcntl.ioctl(processor, RUN, 0)
        passed = time.monotonic_ns() - before
        if int.from_bytes(shared[EXIT_REASON:EXIT_REASON + 4], "little") != EXIT_HLT:
            raise OSError(errno.EIO, f"a guest of four instructions ended for reason {shared[EXIT_REASON]}")
        return passed / (2 * LOOPS)
    finally:
        for descriptor in reversed(opened):
            os.close(descriptor)


def unusable(arch):
    """Why KVM cannot measure a guest of this architecture here; "" if it can."""
    if platform.machine() != HOSTS[arch]:
        return f"this computer is {platform.machine()}, the guest {arch}"
    if not os.path.exists(DEVICE):
        return f"there is no {DEVICE}: switched off in the firmware, or not passed on to this virtual machine or container"
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        return f"you may not use {DEVICE}: join the group kvm"
    try:
        device = os.open(DEVICE, os.O_RDWR | os.O_CLOEXEC)
        version = fcntl.ioctl(device, GET_API_VERSION, 0)
        os.close(device)
        if version != API_VERSION:
            return f"{DEVICE} speaks version {version}, not {API_VERSION}"
        took = nanoseconds() if arch == "x86_64" else 0
    except OSError as error:
        return f"{DEVICE}: {error.strerror}"
    if took > NANOSECONDS_MAX:
        return f"it emulates instead of running: an instruction takes {took:.0f} ns"
    return ""
