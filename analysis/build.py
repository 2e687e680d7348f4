# SPDX-License-Identifier: BSD-2-Clause
"""Builds presets with CMake.  Ninja knows what is out of date; a lock keeps two laboratories from building at once."""
import contextlib
import fcntl
import re
import subprocess

from analysis import paths
from analysis.failure import Exit, Failure

JOBS = "2"
LAST_LINES = 40


@contextlib.contextmanager
def lock():
    paths.BUILD.mkdir(exist_ok=True)
    with open(paths.BUILD / "lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def call(command, what, root=None, code=Exit.ERROR):
    """Runs a build step; its output is shown only if it fails."""
    done = subprocess.run(command, cwd=root or paths.ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-LAST_LINES:])
        raise Failure(code, f"{last}\ncannot build {what}; by hand: {' '.join(command)}")


def build(preset, *targets, say=lambda text: None):
    """Brings a preset's targets (all of them if none is named) up to date."""
    directory = paths.preset_directory(preset)
    with lock():
        if not (directory / "build.ninja").exists():
            say(f"configuring {preset}")
            call(["cmake", "--preset", preset], preset)
        say(f"building {preset}")
        target = ["--target", *targets] if targets else []
        call(["cmake", "--build", str(directory.relative_to(paths.ROOT)), "-j", JOBS, *target], preset)


def build_plugin(say=lambda text: None):
    build("host-release", "kite_plugin", say=say)


def compiler_of(preset):
    """The compiler that a built preset used, as (name and version, full first line of --version)."""
    cache = (paths.preset_directory(preset) / "CMakeCache.txt").read_text()
    found = re.search(r"^KITE_CLANG:\w+=(.*)$", cache, re.M)
    line = subprocess.run([found[1] if found else "clang", "--version"], capture_output=True, text=True).stdout
    version = re.search(r"version ([\d.]+)", line)
    return f"clang {version[1] if version else 'unknown'}", line.split("\n")[0]


def fpu_of(preset):
    """The policy for the FPU that a preset asks for: lazy, eager or auto (CMakeLists.txt)."""
    cache = (paths.preset_directory(preset) / "CMakeCache.txt").read_text()
    found = re.search(r"^KITE_FPU:\w+=(\w+)$", cache, re.M)
    return found[1] if found else "unknown"


def flags_of(preset):
    """The flags of kernel/ipc.c, as one string without any path."""
    text = (paths.preset_directory(preset) / "compile_commands.json").read_text()
    found = re.search(r'"command": "(\S+) ([^"]*?) -o [^"]*kernel/ipc\.c"', text)
    words = found[2].split() if found else []
    return " ".join(word for word in words if "/" not in word)
