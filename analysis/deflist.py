# SPDX-License-Identifier: BSD-2-Clause
"""Reads the X-macro lists (*.def) that C, assembly and the laboratory share."""
import re

from analysis import paths

ENTRY = re.compile(r"^[A-Z_]+\((.*)\)\s*$", re.M)
FIELD = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,]*)\s*(?:,|$)')


def rows(path):
    """The entries of a list, each a list of its fields as text, strings without their quotes."""
    text = (paths.ROOT / path).read_text()
    return [[field.strip().strip('"') for field in FIELD.findall(line)[:-1]] for line in ENTRY.findall(text)]


def names(path):
    """Of a list whose entries begin with number and name: {number: name}."""
    return {int(row[0], 0): row[1] for row in rows(path)}
