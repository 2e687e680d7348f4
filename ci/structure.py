# SPDX-License-Identifier: BSD-2-Clause
"""The rules about files that the build does not enforce: who may include whom, what may be named where, and that every
file says what it is.  Each rule is a function from a tree (root, tracked files) to sentences about its breaches."""
import re
import subprocess
import sys
from pathlib import Path

from result import of_problems

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from analysis import paths  # noqa: E402

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
FREESTANDING = {"stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "limits.h"}
# What a name of an architecture looks like in code; comments may name registers and machines as examples.
ARCHITECTURE_NAME = re.compile(r"\b_*(x86|x86_64|amd64|i386|aarch64|arm64|arm|riscv|riscv64|rv64)_*\b", re.I)
CONDITIONAL = re.compile(r"^\s*#\s*(?:el)?if(?:n?def)?\b.*", re.M)
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:work|home|root|tmp/[a-z])/?[\w.]")
SOURCE = (".c", ".h", ".S", ".cc", ".def", ".ld", ".py", ".sh", ".cmake", ".txt", ".toml")
SCRIPTS = ("kite", "ci/check", ".ci/run")


class Tree:
    """Files of a source tree, by path from its root."""

    def __init__(self, root, names):
        self.root, self.names = Path(root), sorted(names)

    @classmethod
    def tracked(cls, root):
        """What git tracks, and what it would if it were added."""
        command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        text = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
        return cls(root, [name for name in text.split("\0") if name and (Path(root) / name).is_file()])

    def text(self, name):
        return (self.root / name).read_text(errors="replace")

    def code(self, name):
        """A C or assembly file without its comments."""
        return COMMENT.sub(" ", self.text(name))

    def below(self, folder, *suffixes):
        return [name for name in self.names if name.startswith(folder + "/") and name.endswith(suffixes or "")]

    def basenames(self, folder, *suffixes):
        return {name.rsplit("/", 1)[-1] for name in self.below(folder, *suffixes)}


def includes_beyond(tree, names, allowed):
    """Inclusions that are not in the allowed set of file names."""
    for name in names:
        for included in INCLUDE.findall(tree.code(name)):
            if included not in allowed:
                yield f"{name} includes {included}"


def abi_includes_nothing(tree):
    """abi/ includes <stdint.h> and itself"""
    yield from includes_beyond(tree, tree.below("abi"), {"stdint.h"} | tree.basenames("abi"))


def kernel_includes(tree):
    """kernel/ includes abi/, arch.h, machine.h and itself, and no file of one architecture or of a fast path"""
    names = [name for name in tree.below("kernel", ".c", ".h") if not name.startswith(("kernel/test/", "kernel/fuzz/"))]
    own = {name.removeprefix("kernel/") for name in tree.below("kernel", ".h", ".def")}
    yield from includes_beyond(tree, names, FREESTANDING | tree.basenames("abi") | {"arch.h", "machine.h"} | own)


def user_includes(tree):
    """user/ and bench/guest include abi/ and libkite, and nothing of the kernel"""
    names = tree.below("user", ".c", ".h", ".S") + tree.below("bench/guest", ".c", ".h", ".S")
    own = tree.basenames("user", ".h", ".def") | tree.basenames("bench", ".h", ".def") | {"invocations.h"}
    yield from includes_beyond(tree, names, FREESTANDING | tree.basenames("abi") | own)


def assembly_includes(tree):
    """assembly includes offsets.h, abi/ and macros of its own"""
    names = tree.below("fastpath", ".S", ".h") + tree.below("arch", ".S")
    own = tree.basenames("fastpath", ".h", ".S") | tree.basenames("arch", ".h")     # .S: assembled again, as a variant
    yield from includes_beyond(tree, names, {"offsets.h"} | tree.basenames("abi") | own)


def kernel_names_no_architecture(tree):
    """no line of code in kernel/ names an architecture"""
    for name in tree.below("kernel", ".c", ".h", ".def"):
        if found := ARCHITECTURE_NAME.search(tree.code(name)):
            yield f"{name} names {found[0]}"


def no_conditional_on_architecture(tree):
    """portable code has no #if on an architecture"""
    for name in tree.below("kernel", ".c", ".h") + tree.below("user", ".c", ".h") + tree.below("bench", ".c", ".h"):
        if any(f"/{arch}/" in name for arch in ARCHITECTURES):
            continue
        for line in CONDITIONAL.findall(tree.code(name)):
            if ARCHITECTURE_NAME.search(line):
                yield f"{name}: {line.strip()}"


def architectures_have_same_files(tree):
    """every arch/<a>/ has the files that arch.h lists"""
    wanted = re.findall(r"^ \*   ([\w.]+\.(?:S|c|h|ld)) ", tree.text("arch/arch.h"), re.M)
    if not wanted:
        yield "arch/arch.h lists no files"
    for arch in ARCHITECTURES:
        for file in wanted:
            if f"arch/{arch}/{file}" not in tree.names:
                yield f"arch/{arch}/{file} is missing"


def fastpaths_stand_side_by_side(tree):
    """every fast path is there for every architecture"""
    for arch in ARCHITECTURES:
        for path in paths.fastpaths():
            if f"fastpath/{path}.{arch}.S" not in tree.names:
                yield f"fastpath/{path}.{arch}.S is missing"


def files_say_their_licence(tree):
    """every source file has its SPDX line"""
    for name in tree.names:
        if (name.endswith(SOURCE) or name in SCRIPTS) and \
                "SPDX-License-Identifier: BSD-2-Clause" not in "".join(tree.text(name).splitlines(True)[:5]):
            yield f"{name} has no SPDX line"


def sources_are_listed(tree):
    """CMake lists sources by hand"""
    for name in tree.names:
        if name.endswith(("CMakeLists.txt", ".cmake")) and re.search(r"\bfile\s*\(\s*GLOB", tree.text(name)):
            yield f"{name} globs"


def no_path_of_a_machine(tree):
    """no tracked file names a directory of somebody's machine"""
    for name in tree.names:
        for number, line in enumerate(tree.text(name).splitlines(), 1):
            if found := MACHINE_PATH.search(line):
                yield f"{name}:{number}: {line[found.start():][:40]}"


def python_is_clean(tree):
    """pyflakes finds nothing in the laboratory's code"""
    names = [name for name in tree.names if name.endswith(".py")] + ["ci/check"]
    done = subprocess.run([sys.executable, "-m", "pyflakes", *names], cwd=tree.root, capture_output=True, text=True)
    yield from (done.stdout + done.stderr).splitlines()


def shell_is_shell(tree):
    """/bin/sh can read the launcher"""
    for name in ("kite", "ci/dependencies.sh"):
        yield from subprocess.run(["sh", "-n", name], cwd=tree.root, capture_output=True, text=True).stderr.splitlines()


RULES = (abi_includes_nothing, kernel_includes, user_includes, assembly_includes, kernel_names_no_architecture,
         no_conditional_on_architecture, architectures_have_same_files, fastpaths_stand_side_by_side,
         files_say_their_licence, sources_are_listed, no_path_of_a_machine, python_is_clean, shell_is_shell)


def group(root):
    """Every rule, as results."""
    tree = Tree.tracked(root)
    for rule in RULES:
        yield of_problems(f"structure/{rule.__doc__.splitlines()[0]}", rule(tree))
