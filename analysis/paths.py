# SPDX-License-Identifier: BSD-2-Clause
"""Where things lie in the tree.  Nothing depends on the directory that `kite` is called from."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOARDS = ROOT / "boards"
BUILD = ROOT / "build"
RUNS = BUILD / "run"                    # a directory a boot: console, plugin output; kept if the boot failed
RESULTS = ROOT / "results"
RECORDS = RESULTS / "records"
EXACT = RESULTS / "exact"
BUDGETS = RESULTS / "budgets.txt"
SCHEMA = RESULTS / "record.schema.json"
BENCHMARKS = ROOT / "bench" / "benchmarks.def"
TREES = BUILD / "trees"                  # what commits were built to, and the checkout that builds them
MEASURED = BUILD / "measured"           # what was measured, by a hash of all that it depends on
ACCEPTED = RESULTS / "accepted.jsonl"   # regressions that somebody accepted, and why
HOST_CASES = ROOT / "bench" / "host" / "cases.def"
HOST_BENCH = BUILD / "host-release" / "bench_host"
PLUGIN = BUILD / "host-release" / "kite_plugin.so"


def preset_directory(preset):
    """Where a preset is built; an absolute path is the place itself (Machine.preset)."""
    return BUILD / preset


def fastpaths_in_c():
    """The fast paths that are portable C."""
    return tuple(re.search(r"^set\(KITE_FASTPATHS_IN_C ([\w ]+)\)", (ROOT / "CMakeLists.txt").read_text(), re.M)[1].split())


def fastpaths():
    """The names of the assembly fast paths, as CMakeLists.txt lists them."""
    return tuple(re.search(r"^set\(KITE_FASTPATHS ([\w ]+)\)", (ROOT / "CMakeLists.txt").read_text(), re.M)[1].split())


def shown(path):
    """A path as a person wants to read it."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
