# SPDX-License-Identifier: BSD-2-Clause
"""`kite debug`: a machine under gdb, with commands that show the kernel's structures (gdb/kite.py)."""
import subprocess

from analysis import build, emulator, paths
from analysis.failure import Exit, Failure

GDB = "gdb-multiarch"
SCRIPT = paths.ROOT / "analysis" / "gdb" / "kite.py"
ARCHITECTURE = {"x86_64": "i386:x86-64", "aarch64": "aarch64", "riscv64": "riscv:rv64"}
FIRST_STOP = "kernel_boot"              # the first function of the portable kernel: all is set up for gdb by then
WAIT = "for i in range(100):\n  try:\n    gdb.execute('target remote {socket}'); break\n  except gdb.error:\n    time.sleep(0.1)"


def gdb_command(machine, preset, socket, batch):
    """gdb's command line: connects, loads the commands, stops at the kernel's first function, then does what is asked."""
    kernel = paths.preset_directory(preset) / "kernel.elf"
    # QEMU makes its socket when it has started, which takes a moment.
    connect = WAIT.format(socket=socket).replace("\n", "\\n").replace("'", "\\'")
    setup = ["set pagination off", "set confirm off", f"set architecture {ARCHITECTURE[machine.arch]}",
             f"python import time; exec('{connect}')", f"source {SCRIPT}",
             f"set substitute-path {paths.preset_directory(preset).relative_to(paths.ROOT)} {paths.ROOT}",
             f"hbreak {FIRST_STOP}", "continue", "delete"]
    command = [GDB, "-q", "-nx"] + (["-batch"] if batch else [])
    for line in [*setup, *batch, *(["disconnect"] if batch else [])]:
        command += ["-ex", line]
    return [*command, str(kernel)]


def run(machine, fast, archive, append, batch, say):
    """Boots the machine stopped, its console in a file, and runs gdb on it; returns gdb's exit code."""
    if not machine.measures:
        raise Failure(Exit.USAGE, f"'{machine.name}' is no QEMU machine that gdb could attach to")
    preset = machine.preset("debug", fast)
    build.build(preset, say=say)
    directory = emulator.run_directory(machine, "debug")
    socket, console = directory / "gdb", directory / "console.txt"
    command = machine.boot_command(preset, paths.preset_directory(preset) / f"{archive}.cpio", append)
    command += ["-S", "-gdb", f"unix:{socket},server=on,wait=off"]
    say(f"console: {console.relative_to(paths.ROOT)}; commands: help kite")
    with open(console, "wb") as output:
        try:
            qemu = subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                    start_new_session=True)
        except OSError as error:
            raise Failure(Exit.MACHINE, f"{machine.name}: cannot start {command[0]}: {error}") from None
    try:
        return subprocess.run(gdb_command(machine, preset, socket, batch)).returncode
    finally:
        emulator.stop(qemu)
