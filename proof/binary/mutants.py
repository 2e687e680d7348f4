# SPDX-License-Identifier: BSD-2-Clause
"""Changes each instruction of a fast path in every way that fits it, one at a time, and asks the check again: what it does
not reject is a survivor, which survivors.txt must explain."""
import re
from dataclasses import replace
from pathlib import Path

from proof.binary.equivalence import Difference
from proof.binary.executor import Refused

HERE = Path(__file__).resolve().parent
INVERSE = {
    "riscv64": {"beq": "bne", "bne": "beq", "beqz": "bnez", "bnez": "beqz", "bltu": "bgeu", "bgeu": "bltu", "blt": "bge", "bge": "blt"},
    "aarch64": {"b.eq": "b.ne", "b.ne": "b.eq", "b.hi": "b.ls", "b.ls": "b.hi", "b.lo": "b.hs", "b.hs": "b.lo",
                "cbz": "cbnz", "cbnz": "cbz", "tbz": "tbnz", "tbnz": "tbz"},
    "x86_64": {"je": "jne", "jne": "je", "ja": "jbe", "jbe": "ja", "jb": "jae", "jae": "jb"},
}
CLOSE = {        # the branch that differs for equal numbers only
    "riscv64": {}, "aarch64": {"b.hi": "b.hs", "b.ls": "b.lo"}, "x86_64": {"ja": "jae", "jbe": "jb"},
}
OFFSET = {
    "riscv64": re.compile(r"^(?P<number>-?(?:0x)?[0-9a-f]+)\(\w+\)$"),
    "aarch64": re.compile(r"^\[\w+(?:, #(?P<number>-?(?:0x)?[0-9a-f]+))?\]!?$"),
    "x86_64": re.compile(r"^(?P<number>-?(?:0x)?[0-9a-f]*)\(%\w+\)$"),
}
NUMBER = re.compile(r"^[#$]?-?(?:0x)?[0-9a-f]+$")
EMPTY = "nop"


def with_operand(instruction, position, text):
    operands = list(instruction.operands)
    operands[position] = text
    return replace(instruction, operands=tuple(operands))


def moved(arch, operand, by):
    """A memory operand with its offset moved."""
    found = OFFSET[arch].match(operand)
    number = int(found["number"] or "0", 0) + by
    if found["number"]:
        start, end = found.span("number")
        return operand[:start] + hex(number) + operand[end:]
    return operand.replace("]", f", #{number}]") if arch == "aarch64" else f"{number:#x}{operand}"


def mutants(arch, instruction):
    """(what was changed, the changed instruction)."""
    name, operands = instruction.name, instruction.operands
    if name in INVERSE[arch]:
        yield "branch sense", replace(instruction, name=INVERSE[arch][name])
    if name in CLOSE[arch]:
        yield "branch on equal", replace(instruction, name=CLOSE[arch][name])
    yield "dropped", replace(instruction, name=EMPTY, operands=())
    branches = name in INVERSE[arch] or name in ("j", "b", "jmp")
    for position, operand in enumerate(operands):
        if OFFSET[arch].match(operand):
            yield "offset + 8", with_operand(instruction, position, moved(arch, operand, 8))
            yield "offset - 8", with_operand(instruction, position, moved(arch, operand, -8))
        elif NUMBER.match(operand) and not branches and operand[-1] not in "g" and any(c.isdigit() for c in operand):
            mark = operand[0] if operand[0] in "#$" else ""
            yield "number + 1", with_operand(instruction, position, mark + hex(int(operand[len(mark):], 0) + 1))
    if len(operands) >= 2 and operands[0] != operands[1] and not branches and \
            not any(OFFSET[arch].match(operand) or NUMBER.match(operand) for operand in operands[:2]):
        yield "registers swapped", replace(instruction, operands=(operands[1], operands[0], *operands[2:]))


def explanations():
    """[(pattern, reason)] of survivors.txt."""
    lines = [line.split("  ", 1) for line in (HERE / "survivors.txt").read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    return [(re.compile(pattern.strip()), reason.strip()) for pattern, reason in lines]


def run(check, name, every=1, say=lambda text: None):
    """
    (mutants, refused, survivors) of one path: refused are those whose code the executor will not follow, as for an access
    outside of every object; a survivor is (description, reason or None).
    """
    arch, program = check.program.arch, check.program
    entries, intact, known = check.at_entry(name), check.executor.instructions, explanations()
    count, refused, survivors, serial = 0, 0, [], 0
    for instruction in program.path(check.conventions.PREFIX + name):
        for what, changed in mutants(arch, instruction):
            serial += 1
            if serial % every:
                continue
            count += 1
            check.executor.instructions = {**intact, instruction.address: changed}
            try:
                leaves = [leaf for state in entries for leaf in check.executor.run(state, (check.slow_entry,))]
                check.path(name, leaves)
            except Difference:
                continue
            except Refused as reason:
                if "gave up" in str(reason):
                    raise
                refused += 1
                continue
            finally:
                check.executor.instructions = intact
            text = f"{arch} {program.label(check.conventions.PREFIX + name, instruction.address)} {instruction.name} {', '.join(instruction.operands)}: {what}"
            survivors.append((text, next((reason for pattern, reason in known if pattern.search(text)), None)))
            say(text)
    return count, refused, survivors
