# SPDX-License-Identifier: BSD-2-Clause
"""Writes docs/manual.md: docs/manual.in.md, in which a line {{what name}} stands for a table from the lists of abi/, or for
a program of user/examples with what it prints.  ci/generate.py calls it; a test compares what would be written."""
import re
from pathlib import Path

from analysis.lists import read, read_examples
from result import of_problems

ROOT = Path(__file__).resolve().parent.parent
HEAD = "<!-- Written by ci/generate.py from docs/manual.in.md; a test fails if it is out of date.  Do not edit. -->\n"


def table(*rows):
    """Markdown; the first row is the head."""
    escaped = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in escaped]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def code(words):
    return ", ".join(f"`{word}`" for word in words.split())


def errors_of(kind, method):
    for words in read("abi/errors.def", "METHOD_ERRORS"):
        if words[:2] == [kind, method]:
            return code(words[2])
    return ""


def methods(kind):
    rows = [("method", "number", "right", "arguments", "results", "errors", "what it does")]
    for of, number, name, right, arguments, results, summary in read("abi/method.def", "METHOD"):
        if of == kind:
            rows.append((f"`{name}`", number, right, code(arguments), code(results), errors_of(kind, name), summary))
    return table(*rows)


def rights(kind):
    return table(("right", "allows to"), *((f"`{name}`", sentence) for of, _, name, sentence in read("abi/right.def", "RIGHT")
                                           if of == kind))


def objects(_):
    return table(("object", "is"), *((f"[`{name}`](#{name})", sentence)
                                     for _, name, sentence in read("abi/object.def", "OBJECT")))


def plain(path, macro, heads):
    """A list of (number, name, sentence)."""
    return table(heads, *((number, f"`{name}`", sentence) for number, name, sentence in read(path, macro)))


def syscalls(_):
    errors = {name: code(words) for name, words in read("abi/errors.def", "SYSTEM_CALL_ERRORS")}
    return table(("number", "system call", "what it does", "errors"),
                 *((number, f"`{name}`", sentence, errors.get(name, "")) for number, name, sentence in read("abi/syscall.def", "SYSCALL")))


def example(name):
    shown = next(one for one in read_examples() if one.name == name)
    program = (ROOT / "user" / "examples" / f"{name}.c").read_text().strip()
    return f"### {shown.title}\n\n```c\n{program}\n```\n\nIt prints\n\n```\n{shown.output.strip()}\n```"


MAKERS = {
    "methods": methods, "rights": rights, "objects": objects, "syscalls": syscalls, "example": example,
    "errors": lambda _: plain("abi/error.def", "ERROR", ("number", "error", "means")),
    "faults": lambda _: plain("abi/fault.def", "FAULT", ("label", "fault", "is")),
    "slots": lambda _: plain("abi/boot.def", "BOOT_SLOT", ("slot", "name", "holds")),
    "consoles": lambda _: plain("abi/console.def", "CONSOLE", ("kind", "name", "is")),
    "console_calls": lambda _: plain("user/libkite/console.def", "CONSOLE_CALL", ("number", "call", "what it does")),
}


def template():
    return (ROOT / "docs" / "manual.in.md").read_text()


def text():
    made = re.sub(r"^\{\{(\w+) ?(\w*)\}\}$", lambda found: MAKERS[found[1]](found[2]), template(), flags=re.M)
    first, rest = made.split("\n", 1)
    return f"{first}\n\n{HEAD}{rest}"


def left_out():
    """Sentences about objects with methods and about examples that the manual does not show."""
    kinds = dict.fromkeys(words[0] for words in read("abi/method.def", "METHOD"))
    for marker in [f"{{{{methods {kind}}}}}" for kind in kinds] + [f"{{{{example {one.name}}}}}" for one in read_examples()]:
        if marker not in template():
            yield f"docs/manual.in.md has no {marker}"


def write():
    (ROOT / "docs" / "manual.md").write_text(text())


def group():
    path = ROOT / "docs" / "manual.md"
    there = path.read_text() if path.exists() else ""
    stale = [] if there == text() else ["docs/manual.md is out of date: /usr/bin/python3 ci/generate.py writes it"]
    yield of_problems("generated/docs/manual.md is up to date, and complete", [*stale, *left_out()])
