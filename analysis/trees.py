# SPDX-License-Identifier: BSD-2-Clause
"""Versions of the sources: the working tree, or the tree of a commit, which is built from its own sources in a checkout
of its own under build/, while the laboratory that measures stays the present one.

The checkout goes from tree to tree by what differs between them, so that Ninja builds only that; what came out is kept
by the tree's hash, so that no tree is built twice.  Neither the user's files nor git's index are touched.
"""
import dataclasses
import os
import shutil
import subprocess

from analysis import build, paths, record
from analysis.failure import Exit, Failure

KEPT = ("kernel.elf", "kernel.image", "kernel.asm", "bench.elf", "bench.cpio", "compile_commands.json", "CMakeCache.txt")
CONFIGURES = ("CMakePresets.json", "CMakeLists.txt", ".cmake")          # names of files that decide what a build is
WORKING = "the working tree"


@dataclasses.dataclass(frozen=True)
class Tree:
    name: str                   # as the user calls it
    commit: str
    tree: str                   # the hash of git's tree; "" for the working tree
    dirty: str = ""

    @property
    def version(self):
        """What a record says of it: (commit, hash of what it has beyond)."""
        return self.commit, self.dirty


def git(*words, **environment):
    """The output of a git command, or None if it failed."""
    done = subprocess.run(["git", "-c", "safe.directory=*", *words], cwd=paths.ROOT, capture_output=True, text=True,
                          errors="replace", env={**os.environ, **environment})
    return done.stdout.strip() if done.returncode == 0 else None


def working():
    return Tree(WORKING, *(lambda version: (version[0], "", version[1]))(record.commit_and_dirt()))


def find(name):
    """The tree of a commit, tag or branch; None if there is none of that name."""
    if name.startswith("-"):
        return None
    commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return Tree(name, commit, git("rev-parse", f"{commit}^{{tree}}")) if commit else None


def compiler():
    """A hash of the compiler's version: what an older one built is not what this one builds (arch/clang.cmake chooses)."""
    name = next(filter(shutil.which, ("clang-19", "clang")), None)
    done = subprocess.run([name, "--version"], capture_output=True) if name else None
    return record.sha256(done.stdout if done else b"none")[:12]


def kept_directory(tree):
    """Where the presets of a tree stay, once built."""
    return paths.TREES / f"{tree.tree}-{compiler()}"


def checkout(tree):
    """Makes the checkout that tree's; returns it.  What is built there stays unless the way of building changed."""
    place, index = paths.TREES / "checkout", str(paths.TREES / "index")
    place.mkdir(parents=True, exist_ok=True)
    before = paths.TREES / "checked_out"
    old, _, built_by = (before.read_text() if before.exists() else "").partition(" ")
    changed = git("diff", "--name-only", old, tree.tree) if old else None
    if changed is None or built_by != compiler() or any(name.endswith(CONFIGURES) for name in changed.splitlines()):
        shutil.rmtree(place / "build", ignore_errors=True)              # CMake's cache keeps defaults of the old tree
    before.unlink(missing_ok=True)
    if git(f"--work-tree={place}", "read-tree", "--reset", "-u", tree.tree, GIT_INDEX_FILE=index) is None:
        shutil.rmtree(place, ignore_errors=True)                        # somebody broke it: once more, from nothing
        (paths.TREES / "index").unlink(missing_ok=True)
        place.mkdir(parents=True)
        if git(f"--work-tree={place}", "read-tree", "--reset", "-u", tree.tree, GIT_INDEX_FILE=index) is None:
            raise Failure(Exit.ERROR, f"{tree.name}: git cannot write its files to build/trees; is the disk full?")
    before.write_text(f"{tree.tree} {compiler()}")
    return place


def build_in(place, preset):
    """Builds what is measured of a preset; Failure(125) if that cannot be."""
    if not (place / "build" / preset / "build.ninja").exists():
        build.call(["cmake", "--preset", preset], preset, place, Exit.CANNOT_BUILD)
    build.call(["cmake", "--build", f"build/{preset}", "-j", build.JOBS, "--target", "kernel.image", "bench.cpio"], preset,
               place, Exit.CANNOT_BUILD)


def keep(built, kept):
    """Copies what a build made to where it stays, all of it or nothing."""
    part = kept.with_name(kept.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name in KEPT:
        shutil.copy(built / name, part / name)
    part.rename(kept)


def build_tree(tree, presets, say):
    """Sees to it that these presets of the tree are built; returns the directory that has them."""
    if not tree.tree:
        for preset in presets:
            build.build(preset, "kernel.image", "bench.cpio", say=say)
        return paths.BUILD
    kept = kept_directory(tree)
    missing = [preset for preset in presets if not (kept / preset).exists()]
    if missing:
        with build.lock():
            place = checkout(tree)
            for preset in missing:
                say(f"building {preset} of {tree.name}")
                try:
                    build_in(place, preset)
                    keep(place / "build" / preset, kept / preset)
                except FileNotFoundError as error:
                    raise Failure(Exit.CANNOT_BUILD, f"{tree.name}: {preset} was built without {error.filename}") from None
                except Failure as failure:
                    raise Failure(failure.code, f"{failure}\n(of {tree.name}, {tree.commit[:12]})") from None
    return kept


def machines_of(tree, machines, paths_measured, say):
    """The machines as this tree boots them, built."""
    presets = [machine.preset("release", fast) for machine in machines for fast in paths_measured]
    builds = build_tree(tree, list(dict.fromkeys(presets)), say)
    return [dataclasses.replace(machine, builds=str(builds) if tree.tree else "") for machine in machines]
