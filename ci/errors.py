# SPDX-License-Identifier: BSD-2-Clause
"""Whether the system tests provoked every error that abi/errors.def lists, and no other: a debug kernel says each on
its console (kernel/explain.c)."""
import re

from result import of_problems

from analysis import paths

LINE = re.compile(r"^kernel: ([a-z_.]+) \([0-9a-f]+\) through \d+ at pc [0-9a-f]+: ([a-z_]+), ", re.M)
EVERY_METHOD = ("no_right", "bad_length")
WAITING = ("cancelled", "server_gone")
EVERYWHERE_BUT = {"io_ports": ("aarch64", "riscv64")}           # kinds that machines of these architectures lack


def entries(name, macro):
    """The argument lists of a macro in a list of abi/, each a list of its words and strings."""
    text = re.sub(r"/\*.*?\*/", "", (paths.ROOT / "abi" / name).read_text(), flags=re.S)
    for line in re.findall(rf"^{macro}\((.*)\)", text, re.M):
        yield [word.strip('"') for word in re.findall(r'"[^"]*"|[^\s,]+', line)]


def unlisted():
    """Sentences about methods and system calls without a line in errors.def, and the reverse."""
    for what, list_name, macro, size in (("method", "method.def", "METHOD_ERRORS", 2),
                                         ("system call", "syscall.def", "SYSTEM_CALL_ERRORS", 1)):
        if size == 2:
            there = {(words[0], words[2]) for words in entries(list_name, "METHOD")}
        else:
            there = {(words[1],) for words in entries(list_name, "SYSCALL")}
        listed = [tuple(words[:size]) for words in entries("errors.def", macro)]
        yield from (f"errors.def lacks the {what} {'.'.join(name)}" for name in sorted(there - set(listed)))
        yield from (f"errors.def has {'.'.join(name)}, which is no {what}" for name in sorted(set(listed) - there))
        yield from (f"errors.def has {'.'.join(name)} twice" for name in sorted(set(listed)) if listed.count(name) > 1)


def possible(arch):
    """Every (what, error) that can be on a machine of this architecture."""
    pairs = {("unknown", "no_method")}
    for kind, method, errors in entries("errors.def", "METHOD_ERRORS"):
        pairs |= {(f"{kind}.{method}", error) for error in (*errors.split(), *EVERY_METHOD)}
    for call, errors in entries("errors.def", "SYSTEM_CALL_ERRORS"):
        pairs |= {(call, error) for error in errors.split()}
    for _, kind, _ in entries("object.def", "OBJECT"):
        if kind != "endpoint":
            pairs.add((f"{kind}.unknown", "no_method"))
            pairs.add((f"{kind}.unknown", "bad_length"))
    return {pair for pair in pairs if arch not in EVERYWHERE_BUT.get(pair[0].partition(".")[0], ())}


def provoked(text):
    return set(LINE.findall(text.replace("\r", "")))


def waiting_is_one(pairs):
    """The same where a thread may have begun to wait on a fast path, which does not keep what the system call was."""
    return {("waiting", error) if error in WAITING else (what, error) for what, error in pairs}


def problems(arch, fast, text):
    """Sentences about what the console of all system tests lacks, or should not have."""
    yield from unlisted()
    wanted, seen = possible(arch), provoked(text)
    if fast:
        wanted, seen = waiting_is_one(wanted), waiting_is_one(seen)
    yield from (f"no test provokes {error} of {what}" for what, error in sorted(wanted - seen))
    yield from (f"{what} returned {error}, which abi/errors.def does not list" for what, error in sorted(seen - wanted))


def result(prefix, machine, fast, text):
    name = f"{prefix}/every error that can be is provoked, and no other"
    return of_problems(name, list(problems(machine.arch, fast, text)))
