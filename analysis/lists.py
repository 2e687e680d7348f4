# SPDX-License-Identifier: BSD-2-Clause
"""Reads the .def lists: MACRO(argument, ...) a line, where an argument is a word, a number or a string."""
import json
import re
from dataclasses import dataclass

from analysis import paths


def read(path, macro):
    """The arguments of each line of a macro, strings without their quotes and escapes."""
    text = re.sub(r"/\*.*?\*/", "", (paths.ROOT / path).read_text(), flags=re.S)
    for line in re.findall(rf"^{macro}\((.*)\)\s*$", text, re.M):
        words = re.findall(r'"(?:[^"\\]|\\.)*"|[^\s,]+', line)
        yield [json.loads(word) if word.startswith('"') else word for word in words]


@dataclass(frozen=True)
class Example:
    name: str
    title: str
    output: str


def read_examples():
    """The programs of user/examples, in the manual's order."""
    return [Example(*words) for words in read("user/examples/examples.def", "EXAMPLE")]
