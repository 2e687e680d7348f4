# SPDX-License-Identifier: BSD-2-Clause
"""What the instructions of aarch64 do (Arm ARM, DDI 0487), as far as the kernel's system-call paths use them; any other is
refused.  Flags are kept as the two numbers that were compared last, and how."""
import re

import z3

from proof.binary.executor import Refused, value

SPECIAL = ("elr_el1", "sp_el0", "tpidr_el0", "ttbr0_el1", "spsr_el1", "esr_el1")
SPACE = "ttbr0_el1"
LOADS = {"ldr": None, "ldur": None, "ldrb": 1, "ldurb": 1, "ldrh": 2, "ldurh": 2}
STORES = {"str": None, "stur": None, "strb": 1, "sturb": 1, "strh": 2, "sturh": 2}
TWO = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "and": lambda a, b: a & b, "orr": lambda a, b: a | b,
       "eor": lambda a, b: a ^ b, "bic": lambda a, b: a & ~b, "orn": lambda a, b: a | ~b, "mul": lambda a, b: a * b}
SHIFTS = {"lsl": lambda a, b: a << b, "lsr": z3.LShR, "asr": lambda a, b: a >> b}
CONDITIONS = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "hi": z3.UGT, "ls": z3.ULE, "hs": z3.UGE, "lo": z3.ULT,
    "lt": lambda a, b: a < b, "ge": lambda a, b: a >= b, "gt": lambda a, b: a > b, "le": lambda a, b: a <= b,
    "mi": lambda a, b: a - b < 0, "pl": lambda a, b: a - b >= 0,
}
INVERSE = {"eq": "ne", "ne": "eq", "hi": "ls", "ls": "hi", "hs": "lo", "lo": "hs", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
ADDRESS = re.compile(r"^\[(\w+)(?:, (?:#(-?(?:0x)?[0-9a-f]+)|(\w+)(?:, (lsl|uxtw|sxtw)(?: #(\w+))?)?))?\](!?)$")
HIDDEN = ("nop", "hint")


def number(text):
    return int(text.removeprefix("#"), 0)


def width(name):
    return 32 if name.startswith("w") else 64


def full(name):
    return "x" + name[1:] if name[0] == "w" else name


def read(state, name):
    if name in ("xzr", "wzr"):
        return value(0, width(name))
    if full(name) not in state.registers:
        raise Refused(f"{state.pc:x}: no register {name}")
    term = state.registers[full(name)]
    return z3.Extract(31, 0, term) if width(name) == 32 else term


def write(state, name, term):
    if name in ("xzr", "wzr"):
        return
    read(state, name)
    state.registers[full(name)] = z3.simplify(z3.ZeroExt(32, term) if term.size() == 32 else term)


def second(state, operands, bits):
    """The last operand of an instruction with two sources: a number or a register, perhaps shifted or extended."""
    text = operands[0]
    term = value(number(text), bits) if text.startswith("#") else read(state, text)
    for extra in operands[1:]:
        kind, _, amount = extra.partition(" ")
        amount = number(amount) if amount else 0
        if kind in ("uxtw", "uxtb", "uxth", "sxtw"):
            low = z3.Extract({"b": 7, "h": 15, "w": 31}[kind[-1]], 0, term)
            term = (z3.SignExt if kind[0] == "s" else z3.ZeroExt)(bits - low.size(), low) << amount
        elif kind in SHIFTS:
            term = SHIFTS[kind](term, value(amount, term.size()))
        else:
            raise Refused(f"{state.pc:x}: an operand that the executor does not know: {extra}")
    if term.size() != bits:
        raise Refused(f"{state.pc:x}: an operand of another width: {operands}")
    return term


def address_of(executor, state, operands):
    """The address of a memory operand; before and behind are written back as the instruction says."""
    found = ADDRESS.match(operands[0])
    if not found:
        raise Refused(f"{state.pc:x}: no memory operand: {operands[0]}")
    base, offset, index, how, amount, before = found.groups()
    address = read(state, base)
    if index:
        term = read(state, index)
        if how in ("uxtw", "sxtw"):
            term = (z3.ZeroExt if how == "uxtw" else z3.SignExt)(32, z3.Extract(31, 0, term))
        address += term << (int(amount, 0) if amount else 0)
    if offset:
        address += value(number(offset))
    if before:
        write(state, base, address)
    if len(operands) > 1:
        write(state, base, address + value(number(operands[1])))
    return address


def condition(state, name):
    kind, *parts = state.special["flags"]
    if kind == "unknown" or name not in CONDITIONS or (kind == "test" and name not in ("eq", "ne", "mi", "pl", "lt", "ge")):
        raise Refused(f"{state.pc:x}: the condition {name} of {kind}")
    return CONDITIONS[name](*parts)


def step(executor, state, instruction):
    """Executes one instruction; true if it leaves the kernel."""
    name, operands = instruction.name, instruction.operands
    if name in LOADS:
        size = LOADS[name] or width(operands[0]) // 8
        term = executor.load(state, address_of(executor, state, operands[1:]), size)
        bits = width(operands[0])
        write(state, operands[0], z3.ZeroExt(bits - size * 8, term) if size * 8 < bits else term)
    elif name in STORES:
        size = STORES[name] or width(operands[0]) // 8
        executor.store(state, address_of(executor, state, operands[1:]), size, read(state, operands[0]))
    elif name in ("ldp", "stp"):
        size = width(operands[0]) // 8
        terms = [read(state, each) for each in operands[:2]] if name == "stp" else []
        address = address_of(executor, state, operands[2:])
        places = (address, address + size)
        if name == "stp":
            for place, term in zip(places, terms):
                executor.store(state, place, size, term)
        else:
            for register, term in zip(operands, [executor.load(state, place, size) for place in places]):
                write(state, register, term)
    elif name in TWO:
        bits = width(operands[0])
        write(state, operands[0], TWO[name](read(state, operands[1]), second(state, operands[2:], bits)))
    elif name in SHIFTS:
        bits = width(operands[0])
        write(state, operands[0], SHIFTS[name](read(state, operands[1]), second(state, operands[2:], bits) & (bits - 1)))
    elif name in ("cmp", "tst", "subs", "ands"):
        flags(state, name, operands)
    else:
        return rest(executor, state, name, operands, instruction)
    return False


def flags(state, name, operands):
    target, source = (None, operands) if name in ("cmp", "tst") else (operands[0], operands[1:])
    first = read(state, source[0])
    other = second(state, source[1:], first.size())
    if name in ("tst", "ands"):
        state.special["flags"] = ("test", first & other, value(0, first.size()))
    else:
        state.special["flags"] = ("compare", first, other)
    if target:
        write(state, target, first & other if name == "ands" else first - other)


def rest(executor, state, name, operands, instruction):
    if name == "mov":
        bits = width(operands[0])
        source = operands[1]
        write(state, operands[0], value(number(source), bits) if source.startswith("#") else read(state, source))
    elif name == "movk":
        amount = number(operands[2].removeprefix("lsl ")) if len(operands) > 2 else 0
        mask = 0xffff << amount
        bits = width(operands[0])
        write(state, operands[0], read(state, operands[0]) & value(~mask, bits) | value(number(operands[1]) << amount, bits))
    elif name in ("mvn", "neg"):
        term = second(state, operands[1:], width(operands[0]))
        write(state, operands[0], ~term if name == "mvn" else -term)
    elif name in ("adr", "adrp"):
        write(state, operands[0], value(number(operands[1])))
    elif name in ("ubfx", "ubfiz"):
        first, count, bits = number(operands[2]), number(operands[3]), width(operands[0])
        source = read(state, operands[1])
        part = z3.Extract(first + count - 1, first, source) if name == "ubfx" else z3.Extract(count - 1, 0, source)
        term = z3.ZeroExt(bits - count, part)
        write(state, operands[0], term if name == "ubfx" else term << first)
    elif name == "clz":
        bits = width(operands[0])
        if bits != 64:
            raise Refused(f"{instruction}: only of 64 bits")
        write(state, operands[0], executor.leading_zeros(state, z3.simplify(read(state, operands[1]))))
    elif name in ("csel", "csinc", "csinv"):
        other = read(state, operands[2])
        other = {"csel": other, "csinc": other + 1, "csinv": ~other}[name]
        write(state, operands[0], z3.If(condition(state, operands[3]), read(state, operands[1]), other))
    elif name == "cset":
        bits = width(operands[0])
        write(state, operands[0], z3.If(condition(state, operands[1]), value(1, bits), value(0, bits)))
    elif name == "mrs":
        write(state, operands[0], special(state, operands[1]))
    elif name == "msr":
        register = operands[0].lower()
        special(state, register)
        state.special[register] = z3.simplify(read(state, operands[1]))
        if register == SPACE:
            state.events.append(("space", state.special[register]))
    elif name in ("nop", "bti", "hint"):
        pass
    elif name == "eret":
        state.special["pc"] = state.special["elr_el1"]
        return True
    else:
        branch(executor, state, name, operands, instruction)
    return False


def special(state, name):
    if name.lower() not in SPECIAL:
        raise Refused(f"{state.pc:x}: the system register {name}")
    return state.special[name.lower()]


def branch(executor, state, name, operands, instruction):
    if name in ("b", "bl"):
        if name == "bl":
            write(state, "x30", value(state.pc))
        state.pc = number(operands[0])
    elif name == "ret" and not operands:
        executor.jump(state, read(state, "x30"))
    elif name == "br":
        executor.jump(state, read(state, operands[0]))
    elif name.startswith("b."):
        if executor.decide(state, condition(state, name[2:])):
            state.pc = number(operands[0])
    elif name in ("cbz", "cbnz"):
        if executor.decide(state, (read(state, operands[0]) == 0) == (name == "cbz")):
            state.pc = number(operands[1])
    elif name in ("tbz", "tbnz"):
        bit = number(operands[1])
        if executor.decide(state, (z3.Extract(bit, bit, read(state, operands[0])) == 0) == (name == "tbz")):
            state.pc = number(operands[2])
    else:
        raise Refused(f"{instruction}: an instruction that the executor does not know")


# ---- how a system call begins and ends ----

NAMES = [f"x{i}" for i in range(31)] + ["sp"]
MESSAGE = {"tag": "x9", "badge": "x8", **{f"m{i}": f"x{i}" for i in range(8)}}
ENTRY, SLOW_ENTRY = "entry", "syscall_slow"
PREFIX = ""                     # of the labels of the fast paths that the entry jumps to
FREE = tuple(f"x{i}" for i in range(10, 31)) + ("flags",)       # syscall_slow does not look at them
CONSTANTS = {}
CURRENT_IN_CORE = False
CLASS_SVC = 0x15


def begin(world, state, slow):
    """A user program's registers, and what the trap (or, slow, the entry before syscall_slow) left beside them."""
    current = world.objects["current"]
    state.registers = {name: z3.BitVec(f"user_{name}", 64) for name in NAMES}
    state.registers["sp"] = current.base
    state.special = {name: z3.BitVec(name, 64) for name in SPECIAL}
    state.special["ttbr0_el1"] = world.word("current", world.program.layout["thread_space"])
    state.special["esr_el1"] = z3.Concat(z3.BitVec("esr_high", 32), z3.BitVecVal(CLASS_SVC, 6), z3.BitVec("esr_low", 26))
    state.special["flags"] = ("unknown",)
    if slow:
        state.registers |= {name: z3.BitVec(f"free_{name}", 64) for name in FREE if name != "flags"}


def user(name):
    """What the program had in a register, by the ABI's name."""
    return z3.BitVec(f"user_{MESSAGE[name]}", 64)


def delivered(state):
    """{what: term} of what the thread that runs next gets, and of where the machine finds it."""
    found = {what: state.registers[name] for what, name in MESSAGE.items()}
    found |= {"sp": state.special["sp_el0"], "tls": state.special["tpidr_el0"], "pc": state.special["pc"]}
    return found | {"current thread": state.registers["sp"], "address space": state.special["ttbr0_el1"],
                    "processor state": state.special["spsr_el1"]}


def others(state):
    """{register: (what it holds, what the user had there)}: all that is neither message nor preserved."""
    kept = set(MESSAGE.values()) | {"sp"}
    return {name: (state.registers[name], z3.BitVec(f"user_{name}", 64)) for name in NAMES if name not in kept}


def machine_rules(rules):
    return []
