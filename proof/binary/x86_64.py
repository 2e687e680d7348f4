# SPDX-License-Identifier: BSD-2-Clause
"""What the instructions of x86_64 do (Intel SDM volume 2), as far as the kernel's system-call paths use them; any other is
refused.  Operands as llvm-objdump prints them, AT&T order.  Flags are kept as the two numbers that made them, and how."""
import re

import z3

from proof.binary.executor import Refused, value

SPACE = "cr3"
SELECTORS = ("ds", "es", "fs", "gs")
SPECIAL = ("cr3", "fsbase", "gsbase", *SELECTORS)
BYTES = {"b": 8, "w": 16, "l": 32, "q": 64}
OLD = ("ax", "bx", "cx", "dx", "si", "di", "bp", "sp")
NAMES = ["r" + name for name in OLD] + [f"r{i}" for i in range(8, 16)]
MEMORY = re.compile(r"^(?:%cs:)?(-?(?:0x)?[0-9a-f]*)\((%\w+)?(?:,\s*(%\w+)(?:,\s*(\d))?)?\)$")
TWO = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "and": lambda a, b: a & b, "or": lambda a, b: a | b,
       "xor": lambda a, b: a ^ b}
SHIFTS = {"shl": lambda a, b: a << b, "shr": z3.LShR, "sar": lambda a, b: a >> b, "rol": z3.RotateLeft}
CONDITIONS = {
    "e": lambda a, b: a == b, "ne": lambda a, b: a != b, "a": z3.UGT, "be": z3.ULE, "ae": z3.UGE, "b": z3.ULT,
    "l": lambda a, b: a < b, "ge": lambda a, b: a >= b, "g": lambda a, b: a > b, "le": lambda a, b: a <= b,
    "s": lambda a, b: a - b < 0, "ns": lambda a, b: a - b >= 0,
}
OF_RESULT = ("e", "ne", "s", "ns")


def registers():
    """{name: (full register, bits)} of all general registers' names but the high bytes."""
    found = {}
    for name in OLD:
        found |= {"r" + name: ("r" + name, 64), "e" + name: ("r" + name, 32), name: ("r" + name, 16)}
        found[name + "l" if name in ("si", "di", "bp", "sp") else name[0] + "l"] = ("r" + name, 8)
    for i in range(8, 16):
        found |= {f"r{i}{suffix}": (f"r{i}", bits) for suffix, bits in (("", 64), ("d", 32), ("w", 16), ("b", 8))}
    return found


REGISTERS = registers()


def address_of(state, text):
    found = MEMORY.match(text)
    if not found:
        raise Refused(f"{state.pc:x}: no memory operand: {text}")
    offset, base, index, scale = found.groups()
    address = value(int(offset or "0", 0))
    if base == "%rip":
        address += value(state.pc)              # already that of the next instruction
    elif base:
        address += read(state, base)
    if index:
        address += read(state, index) * int(scale or 1)
    return z3.simplify(address)


def is_register(text):
    return text.startswith("%") and text[1:] in REGISTERS


def read(state, text):
    full, bits = REGISTERS[text[1:]]
    return z3.Extract(bits - 1, 0, state.registers[full]) if bits < 64 else state.registers[full]


def get(executor, state, text, bits):
    """An operand's value in so many bits."""
    if text.startswith("$"):
        return value(int(text[1:], 0), bits)
    if is_register(text):
        term = read(state, text)
        if term.size() != bits:
            raise Refused(f"{state.pc:x}: {text} has not {bits} bits")
        return term
    return executor.load(state, address_of(state, text), bits // 8)


def put(executor, state, text, term):
    if not is_register(text):
        executor.store(state, address_of(state, text), term.size() // 8, term)
        return
    full, bits = REGISTERS[text[1:]]
    if term.size() != bits:
        raise Refused(f"{state.pc:x}: {text} has not {term.size()} bits")
    if bits == 32:
        term = z3.ZeroExt(32, term)
    elif bits < 32:
        term = z3.Concat(z3.Extract(63, bits, state.registers[full]), term)
    state.registers[full] = z3.simplify(term)


def split(name, operands):
    """(operation, bits) of a mnemonic with a suffix."""
    for operand in reversed(operands):
        if is_register(operand):
            return (name[:-1] if name[-1] in BYTES and BYTES[name[-1]] == REGISTERS[operand[1:]][1] else name,
                    REGISTERS[operand[1:]][1])
    return name[:-1], BYTES.get(name[-1], 0)


def condition(state, name):
    kind, *parts = state.special["flags"]
    if kind == "unknown" or name not in CONDITIONS or (kind == "result" and name not in OF_RESULT):
        raise Refused(f"{state.pc:x}: the condition {name} of {kind}")
    return CONDITIONS[name](*parts)


def result_flags(state, term):
    state.special["flags"] = ("result", term, value(0, term.size()))


def step(executor, state, instruction):
    """Executes one instruction; true if it leaves the kernel."""
    name, operands = instruction.name, instruction.operands
    if name in ("sysretq", "wrfsbaseq", "wrgsbaseq", "rdfsbaseq", "rdgsbaseq") or moves_special(name, operands):
        return privileged(executor, state, name, operands)
    if name[0] == "j" or name in ("callq", "retq"):
        control(executor, state, name, operands)
        return False
    if name.startswith("nop") or name == "cld":
        return False
    operation, bits = split(name, operands)
    if operation in ("mov", "movabs"):
        put(executor, state, operands[1], get(executor, state, operands[0], bits))
    elif operation in TWO or operation in ("cmp", "test"):
        arithmetic(executor, state, operation, operands, bits)
    elif operation in SHIFTS:
        shift(executor, state, operation, operands, bits)
    elif operation == "lea":
        put(executor, state, operands[1], z3.Extract(bits - 1, 0, address_of(state, operands[0])))
    else:
        rest(executor, state, instruction, operation, bits)
    return False


def moves_special(name, operands):
    return name.startswith("mov") and any(operand[1:] in (*SELECTORS, "cr3") for operand in operands)


def arithmetic(executor, state, operation, operands, bits):
    other = get(executor, state, operands[0], bits)
    same = operands[0] == operands[1] and operation == "xor"
    first = other if same else get(executor, state, operands[1], bits)
    if operation == "cmp":
        state.special["flags"] = ("compare", first, other)
        return
    term = z3.simplify(TWO["and" if operation == "test" else operation](first, other))
    if operation == "sub":
        state.special["flags"] = ("compare", first, other)
    else:
        result_flags(state, term)
    if operation != "test":
        put(executor, state, operands[1], term)


def shift(executor, state, operation, operands, bits):
    amount, target = (value(1, bits), operands[0]) if len(operands) == 1 else (None, operands[1])
    if amount is None and operands[0].startswith("$"):
        amount = value(int(operands[0][1:], 0) & (63 if bits == 64 else 31), bits)
    elif amount is None:
        count = z3.Extract(7, 0, state.registers["rcx"])
        amount = (z3.ZeroExt(bits - 8, count) if bits > 8 else count) & (63 if bits == 64 else 31)
    put(executor, state, target, SHIFTS[operation](get(executor, state, target, bits), amount))
    state.special["flags"] = ("unknown",)


def rest(executor, state, instruction, operation, bits):
    name, operands = instruction.name, instruction.operands
    if name in ("movzbl", "movzwl", "movzbq", "movzwq", "movslq", "movsbl", "movswl"):
        source, target = BYTES[name[4]], BYTES[name[5]]
        if name == "movslq":
            source, target = 32, 64
        extend = z3.ZeroExt if name[3] == "z" else z3.SignExt
        put(executor, state, operands[1], extend(target - source, get(executor, state, operands[0], source)))
    elif name.startswith("cmov"):
        which = name[4:] if name[4:] in CONDITIONS else name[4:-1]
        old, new = get(executor, state, operands[1], bits), get(executor, state, operands[0], bits)
        put(executor, state, operands[1], z3.If(condition(state, which), new, old))
    elif name.startswith("set"):
        put(executor, state, operands[0], z3.If(condition(state, name[3:]), value(1, 8), value(0, 8)))
    elif operation == "push":
        term = get(executor, state, operands[0], 64)
        state.registers["rsp"] = z3.simplify(state.registers["rsp"] - 8)
        executor.store(state, state.registers["rsp"], 8, term)
    elif operation == "pop":
        term = executor.load(state, state.registers["rsp"], 8)
        state.registers["rsp"] = z3.simplify(state.registers["rsp"] + 8)
        put(executor, state, operands[0], term)
    elif operation == "not":
        put(executor, state, operands[0], ~get(executor, state, operands[0], bits))
    elif operation == "neg":
        put(executor, state, operands[0], -get(executor, state, operands[0], bits))
        state.special["flags"] = ("unknown",)
    elif operation == "bsr" and bits == 64:
        term = z3.simplify(get(executor, state, operands[0], 64))
        if executor.decide(state, term == 0):
            raise Refused(f"{instruction}: of zero, which is undefined")
        put(executor, state, operands[1], 63 - executor.leading_zeros(state, term))
        state.special["flags"] = ("unknown",)
    else:
        raise Refused(f"{instruction}: an instruction that the executor does not know")


def control(executor, state, name, operands):
    if name == "callq":
        state.registers["rsp"] = z3.simplify(state.registers["rsp"] - 8)
        executor.store(state, state.registers["rsp"], 8, value(state.pc))
        state.pc = int(operands[0], 0)
    elif name == "retq":
        address = executor.load(state, state.registers["rsp"], 8)
        state.registers["rsp"] = z3.simplify(state.registers["rsp"] + 8)
        executor.jump(state, address)
    elif name in ("jmp", "jmpq"):
        if operands[0].startswith("*"):
            target = operands[0][1:]
            executor.jump(state, read(state, target) if is_register(target) else
                          executor.load(state, address_of(state, target), 8))
        else:
            state.pc = int(operands[0], 0)
    elif executor.decide(state, condition(state, name[1:])):
        state.pc = int(operands[0], 0)


def privileged(executor, state, name, operands):
    if name == "sysretq":
        state.special["pc"] = state.registers["rcx"]
        return True
    if name[:2] in ("wr", "rd") and name[2:4] in ("fs", "gs"):
        base = name[2:4] + "base"
        if name[:2] == "rd":
            put(executor, state, operands[0], state.special[base])
        else:
            state.special[base] = read(state, operands[0])
    elif operands[1] == "%cr3":
        # What is read back is without bit 63, which says that nothing is to be flushed.
        term = read(state, operands[0])
        state.events.append(("space", term))
        state.special["cr3"] = z3.simplify(loaded_space(term))
    elif operands[0] == "%cr3":
        put(executor, state, operands[1], state.special["cr3"])
    elif operands[1][1:] in SELECTORS:
        selector = operands[1][1:]
        state.special[selector] = z3.simplify(z3.Extract(15, 0, read(state, operands[0])))
        if selector in ("fs", "gs"):            # some processors zero the base, others keep it
            state.special[selector + "base"] = z3.BitVec(f"base_after_{selector}_{state.pc:x}", 64)
    else:
        raise Refused(f"{state.pc:x}: {name} {operands}")
    return False


def loaded_space(term):
    return term & value((1 << 63) - 1)


# ---- how a system call begins and ends ----

MESSAGE = {"tag": "rsi", "badge": "rdi", "m0": "rdx", "m1": "r8", "m2": "r9", "m3": "r10", "m4": "r12", "m5": "r13",
           "m6": "r14", "m7": "r15"}
ENTRY, SLOW_ENTRY = "syscall_entry", "syscall_slow"
PREFIX = ""                     # of the labels of the fast paths that the entry jumps to
FREE = ("rax", "rbx", "rbp", "r11", "flags")
FLAGS_USER = 0x202
CONSTANTS = {"r11": (FLAGS_USER,)}
CURRENT_IN_CORE = True


def begin(world, state, slow):
    """A user program's registers as the syscall instruction leaves them."""
    layout, current = world.program.layout, world.objects["current"]
    state.registers = {name: z3.BitVec(f"user_{name}", 64) for name in NAMES}
    state.special = {name: z3.BitVec(name, 16 if name in SELECTORS else 64) for name in SPECIAL}
    state.special["cr3"] = loaded_space(world.word("current", layout["thread_space"]))
    state.special["flags"] = ("unknown",)
    world.objects["core"].initial[layout["core_current"]] = current.base
    if slow:
        state.registers |= {name: z3.BitVec(f"free_{name}", 64) for name in FREE if name != "flags"}


def user(name):
    """What the program had in a register, by the ABI's name."""
    return z3.BitVec(f"user_{MESSAGE[name]}", 64)


def delivered(state):
    """{what: term} of what the thread that runs next gets, and of where the machine finds it."""
    found = {what: state.registers[name] for what, name in MESSAGE.items()}
    return found | {"sp": state.registers["rsp"], "tls": state.special["fsbase"], "pc": state.special["pc"],
                    "flags": state.registers["r11"], "address space": state.special["cr3"]}


def others(state):
    """{register: (what it holds, what the user had there)}: all that is neither message nor preserved."""
    found = {name: (state.registers[name], z3.BitVec(f"user_{name}", 64)) for name in ("rax", "rbx", "rbp", "r11")}
    found |= {name: (state.special[name], z3.BitVec(name, 16)) for name in SELECTORS}
    return found | {"gsbase": (state.special["gsbase"], z3.BitVec("gsbase", 64))}


def machine_rules(rules):
    """FSGSBASE is there, or the entry is another one; and all address-space values say the same of flushing (bit 63)."""
    keep = [z3.Extract(63, 63, rules.word(name, "thread_space")) for name in ("current", "partner")]
    return [rules.variable(("processor_fsgsbase", 0), bits=8) == 1, rules.variable(("mitigations_on", 0), bits=32) == 0,
            keep[0] == keep[1]]
