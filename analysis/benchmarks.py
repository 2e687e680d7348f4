# SPDX-License-Identifier: BSD-2-Clause
"""The list of benchmarks, bench/benchmarks.def: BENCHMARK(identifier, "name", "passages", "sentence")."""
import re

from analysis import paths
from analysis.failure import Exit, Failure

LINE = re.compile(r'^BENCHMARK\(\s*(\w+)\s*,\s*"([^"]+)"\s*,\s*"([^"]*)"\s*,\s*"([^"]+)"\s*\)', re.M)


def all_benchmarks():
    """{name: sentence}, the parts of an iteration behind the whole."""
    if not paths.BENCHMARKS.exists():
        raise Failure(Exit.ERROR, "bench/benchmarks.def is missing")
    found = {}
    for _, name, passages, sentence in LINE.findall(paths.BENCHMARKS.read_text()):
        found[name] = sentence
        for position, part in enumerate(filter(None, passages.split(",")), 1):
            found.setdefault(part, f"passage {position} of {name}")
    return found
