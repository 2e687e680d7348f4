# SPDX-License-Identifier: BSD-2-Clause
"""What the instructions of riscv64 do (RISC-V Unprivileged ISA 20191213, Privileged Architecture 1.12), as far as the
kernel's system-call paths use them; any other is refused."""
import re

import z3

from proof.binary.executor import Refused, value

NAMES = ("ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6").split()
MEMORY = re.compile(r"^(-?(?:0x)?[0-9a-f]+)\((\w+)\)$")
SPECIAL = ("sscratch", "sepc", "satp", "scause", "stval", "sstatus")
SPACE = "satp"
LOADS = {"ld": (8, False), "lw": (4, True), "lwu": (4, False), "lh": (2, True), "lhu": (2, False), "lb": (1, True), "lbu": (1, False)}
STORES = {"sd": 8, "sw": 4, "sh": 2, "sb": 1}
WIDE = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "and": lambda a, b: a & b, "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b, "mul": lambda a, b: a * b,
    "sll": lambda a, b: a << (b & 63), "srl": lambda a, b: z3.LShR(a, b & 63), "sra": lambda a, b: a >> (b & 63),
    "slt": lambda a, b: flag(a < b), "sltu": lambda a, b: flag(z3.ULT(a, b)),
}
IMMEDIATE = {"addi": "add", "andi": "and", "ori": "or", "xori": "xor", "slli": "sll", "srli": "srl", "srai": "sra",
             "slti": "slt", "sltiu": "sltu"}
NARROW = {"addiw": lambda a, b: a + b, "addw": lambda a, b: a + b, "subw": lambda a, b: a - b,
          "slliw": lambda a, b: a << (b & 31), "srliw": lambda a, b: z3.LShR(a, b & 31), "sraiw": lambda a, b: a >> (b & 31),
          "sllw": lambda a, b: a << (b & 31), "srlw": lambda a, b: z3.LShR(a, b & 31)}
BRANCHES = {"beq": lambda a, b: a == b, "bne": lambda a, b: a != b, "blt": lambda a, b: a < b, "bge": lambda a, b: a >= b,
            "bltu": z3.ULT, "bgeu": z3.UGE}
AGAINST_ZERO = {"beqz": "beq", "bnez": "bne", "bltz": "blt", "bgez": "bge"}


def flag(condition):
    return z3.If(condition, value(1), value(0))


def number(text):
    return int(text, 0)


def low32(term):
    return z3.Extract(31, 0, term)


def read(state, name):
    if name == "zero":
        return value(0)
    if name not in state.registers:
        raise Refused(f"{state.pc:x}: no register {name}")
    return state.registers[name]


def write(state, name, term):
    if name != "zero":
        read(state, name)
        state.registers[name] = z3.simplify(term)


def address_of(state, operand):
    found = MEMORY.match(operand)
    if not found:
        raise Refused(f"{state.pc:x}: no memory operand: {operand}")
    return read(state, found[2]) + value(number(found[1]))


def write_special(state, name, term):
    if name not in SPECIAL:
        raise Refused(f"{state.pc:x}: a write of {name}")
    state.special[name] = z3.simplify(term)
    if name == SPACE:
        state.events.append(("space", state.special[name]))


def read_special(state, name):
    if name not in state.special:
        raise Refused(f"{state.pc:x}: a read of {name}")
    return state.special[name]


def step(executor, state, instruction):
    """Executes one instruction; true if it leaves the kernel."""
    name, operands = instruction.name.removeprefix("c."), instruction.operands
    for start, register, end in executor.idioms.get(instruction.address, ()):
        if instruction.address == start:
            state.known["idiom", start] = (read(state, register),)
        elif ("idiom", start) in state.known:
            write(state, operands[0], executor.leading_zeros(state, state.known["idiom", start][0]))
            return False
    if name in LOADS:
        size, signed = LOADS[name]
        term = executor.load(state, address_of(state, operands[1]), size)
        extend = z3.SignExt if signed else z3.ZeroExt
        write(state, operands[0], extend(64 - size * 8, term) if size < 8 else term)
    elif name in STORES:
        executor.store(state, address_of(state, operands[1]), STORES[name], read(state, operands[0]))
    elif name in WIDE:
        write(state, operands[0], WIDE[name](read(state, operands[1]), read(state, operands[2])))
    elif name in IMMEDIATE:
        write(state, operands[0], WIDE[IMMEDIATE[name]](read(state, operands[1]), value(number(operands[2]))))
    elif name in NARROW:
        second = value(number(operands[2]), 32) if name.endswith("iw") else low32(read(state, operands[2]))
        write(state, operands[0], z3.SignExt(32, NARROW[name](low32(read(state, operands[1])), second)))
    elif name in BRANCHES or name in AGAINST_ZERO:
        branch(executor, state, name, operands)
    else:
        return rest(executor, state, name, operands, instruction)
    return False


def branch(executor, state, name, operands):
    if name in AGAINST_ZERO:
        name, operands = AGAINST_ZERO[name], (operands[0], "zero", operands[1])
    if executor.decide(state, BRANCHES[name](read(state, operands[0]), read(state, operands[1]))):
        state.pc = number(operands[2])


def rest(executor, state, name, operands, instruction):
    if name == "li":
        write(state, operands[0], value(number(operands[1])))
    elif name == "lui":
        write(state, operands[0], value(number(operands[1]) << 12 & 0xffffffff | (0xffffffff << 32 if number(operands[1]) >> 19 & 1 else 0)))
    elif name == "auipc":
        offset = number(operands[1]) << 12
        write(state, operands[0], value(instruction.address + offset - (1 << 32 if offset >> 31 else 0)))
    elif name == "mv":
        write(state, operands[0], read(state, operands[1]))
    elif name == "not":
        write(state, operands[0], ~read(state, operands[1]))
    elif name in ("neg", "negw"):
        term = -read(state, operands[1])
        write(state, operands[0], term if name == "neg" else z3.SignExt(32, low32(term)))
    elif name == "sext.w":
        write(state, operands[0], z3.SignExt(32, low32(read(state, operands[1]))))
    elif name == "seqz":
        write(state, operands[0], flag(read(state, operands[1]) == 0))
    elif name == "snez":
        write(state, operands[0], flag(read(state, operands[1]) != 0))
    elif name == "j":
        state.pc = number(operands[0])
    elif name == "jal":
        link, target = operands if len(operands) == 2 else ("ra", operands[0])
        write(state, link, value(state.pc))
        state.pc = number(target)
    elif name == "ret":
        executor.jump(state, read(state, "ra"))
    elif name in ("jr", "jalr") and len(operands) == 1 and "(" not in operands[0]:
        target = read(state, operands[0])
        if name == "jalr":
            write(state, "ra", value(state.pc))
        executor.jump(state, target)
    elif name == "csrr":
        write(state, operands[0], read_special(state, operands[1]))
    elif name == "csrw":
        write_special(state, operands[0], read(state, operands[1]))
    elif name == "csrrw":
        old, new = read_special(state, operands[1]), read(state, operands[2])
        write_special(state, operands[1], new)
        write(state, operands[0], old)
    elif name == "sfence.vma" and not operands:
        state.events.append(("flush", value(0)))
    elif name == "nop":
        pass
    elif name == "sret":
        state.special["pc"] = state.special["sepc"]
        return True
    else:
        raise Refused(f"{instruction}: an instruction that the executor does not know")
    return False


# ---- counting leading zeros ----

IDIOM_LENGTH = 60


def idioms(executor):
    """
    {address: [(start, register, end)]} of straight stretches that compilers write for __builtin_clzll() where the machine
    has no such instruction.  Each is proved to be that, for each possible highest bit, before it is taken for it.
    """
    found = {}
    ordered = sorted(executor.instructions)
    for position, address in enumerate(ordered):
        first = executor.instructions[address]
        if first.name == "srli" and first.operands[2] == "0x1" and first.operands[0] != first.operands[1]:
            stretch = [executor.instructions[each] for each in ordered[position:position + IDIOM_LENGTH]]
            end = next((i for i, each in enumerate(stretch) if each.name == "srli" and each.operands[2] == "0x38"), 0)
            if end and counts_zeros(executor, stretch[:end + 1], first.operands[1]):
                mark = (address, first.operands[1], stretch[end].address)
                found.setdefault(address, []).append(mark)
                found.setdefault(stretch[end].address, []).append(mark)
    return found


def counts_zeros(executor, stretch, register):
    if not all(each.name in WIDE or each.name in IMMEDIATE or each.name in NARROW or each.name in ("lui", "not") for each in stretch):
        return False
    from proof.binary.executor import State
    state, word = State(), z3.BitVec("word", 64)
    state.registers = {name: z3.BitVec(f"any_{name}", 64) for name in NAMES}
    state.registers[register] = word
    plain = type("Plain", (), {"idioms": {}})
    for each in stretch:
        step(plain, state, each)
    term, solver = state.registers[stretch[-1].operands[0]], z3.SolverFor("QF_BV")
    for bit in range(64):
        solver.push()
        solver.add(z3.LShR(word, bit) == 1, term != 63 - bit)
        wrong = solver.check() != z3.unsat
        solver.pop()
        if wrong:
            return False
    return z3.simplify(z3.substitute(term, (word, value(0)))).eq(value(64))


# ---- how a system call begins and ends ----

MESSAGE = {"tag": "t2", "badge": "t1", **{f"m{i}": f"a{i}" for i in range(8)}}
ENTRY, SLOW_ENTRY = "trap_entry", "syscall_slow"
PREFIX = ""
FREE = ("t0", "t3", "t4", "t5", "t6")    # no system call preserves them, and syscall_slow does not look at them
CONSTANTS = {}
CURRENT_IN_CORE = False         # core.current is C's alone
CAUSE_USER_CALL = 8


def begin(world, state, slow):
    """A user program's registers, and what the trap (or, slow, the entry before syscall_slow) left beside them."""
    current = world.objects["current"]
    state.registers = {name: z3.BitVec(f"user_{name}", 64) for name in NAMES}
    state.special = {name: z3.BitVec(name, 64) for name in SPECIAL}
    state.special["sscratch"] = current.base
    state.special["satp"] = world.word("current", world.program.layout["thread_space"])
    state.special["scause"] = value(CAUSE_USER_CALL)
    if slow:
        state.special["sscratch"] = state.registers["tp"]
        state.registers["tp"] = current.base
        state.registers |= {name: z3.BitVec(f"free_{name}", 64) for name in FREE}


def user(name):
    """What the program had in a register, by the ABI's name."""
    return z3.BitVec(f"user_{ {'sp': 'sp', 'tls': 'tp', **MESSAGE}[name] }", 64)


def user_pc():
    return z3.BitVec("sepc", 64)


def delivered(state):
    """{what: term} of what the thread that runs next gets, and of where the machine finds it."""
    found = {what: state.registers[name] for what, name in MESSAGE.items()}
    found |= {"sp": state.registers["sp"], "tls": state.registers["tp"], "pc": state.special["pc"]}
    return found | {"current thread": state.special["sscratch"], "address space": state.special["satp"]}


def others(state):
    """{register: (what it holds, what the user had there)}: all that is neither message nor preserved."""
    kept = set(MESSAGE.values()) | {"sp", "tp"}
    return {name: (state.registers[name], z3.BitVec(f"user_{name}", 64)) for name in NAMES if name not in kept}


def machine_rules(rules, tagged=True):
    """Machines whose satp holds no tag have an entry of their own."""
    bits = rules.variable(("tag_bits", 0), bits=32)
    return [bits != 0 if tagged else bits == 0]


def untagged():
    """The conventions of that entry."""
    import sys
    import types
    changed = {"ENTRY": "trap_entry_untagged", "PREFIX": "untagged_", "machine_rules": lambda rules: machine_rules(rules, False)}
    return types.SimpleNamespace(**{**vars(sys.modules[__name__]), **changed})
