# SPDX-License-Identifier: BSD-2-Clause
"""What the kernel's own code does that needs no solver to see, read from the linked instructions of every function that a
system call, a fault or an interrupt can reach: how deep the stack can get, and that no register of the FPU is touched.

The bound is for the deepest chain of calls: a function's frame is all that its instructions take from the stack pointer,
wherever it calls from.  A cycle of calls, a call through a pointer, and a change of the stack pointer
that is no constant are refused.
"""
import bisect
import re

ENTRIES = ("kernel_syscall", "trap_from_user")
STACK = {"riscv64": ("stack_guard", "kernel_stack_top", 4096), "aarch64": ("stack_bottom", "stack_top", 0),
         "x86_64": ("kernel_stack", "kernel_stack_top", 0)}
CALL = {"riscv64": ("jal", "call"), "aarch64": ("bl",), "x86_64": ("callq",)}
JUMP = re.compile(r"^(?:j|jmp|b|b\..*|j[a-z]+|b[a-z]+|cbn?z|tbn?z)$")
INDIRECT = {"riscv64": ("jalr",), "aarch64": ("blr",), "x86_64": ()}
POINTER = {"riscv64": "sp", "aarch64": "sp", "x86_64": "%rsp"}
BRANCHES = ("beq", "bne", "blt", "bge", "bltu", "bgeu", "beqz", "bnez")
FLOATING = {
    "riscv64": re.compile(r"^(?:f(?!ence)[a-z]+\.|(?:c\.)?f[ls][wd]|v(?:set|l|s|add)\w*)"),
    "aarch64": re.compile(r"(?<![\w<])[vqdsbh](?:[0-9]|[12][0-9]|3[01])(?:\.\w+)?\b"),
    "x86_64": re.compile(r"%(?:[xyz]mm|mm|st)\d*|^(?:f(?!s)[a-z]+|emms|xsave\w*|xrstor\w*)\b"),
}
# What moves the FPU's registers between threads: its whole purpose.
SWITCHING = re.compile(r"^(?:arch_)?fpu_\w+$")


HEADERS = ("kernel_start", "start_multiboot2")     # what boot loaders read, and code for another mode of the processor


class Wrong(Exception):
    """The code does what makes a bound impossible, or breaks it."""


def functions(program):
    """{name: [instruction]} of all functions, by the symbols of text."""
    starts = sorted({address: name for name, address in program.symbols.items()
                     if address in program.instructions and "." not in name}.items())
    addresses, found = [address for address, _ in starts], {name: [] for _, name in starts}
    for address in sorted(program.instructions):
        position = bisect.bisect(addresses, address) - 1
        if position >= 0:
            found[starts[position][1]].append(program.instructions[address])
    return found


def taken(arch, instruction):
    """How many bytes an instruction takes from the stack (negative: gives back)."""
    name, operands, pointer = instruction.name, instruction.operands, POINTER[arch]
    if arch == "x86_64":
        if name.startswith(("push", "pop")):
            return 8 if name.startswith("push") else -8
        if name in ("subq", "addq") and operands[-1] == pointer:
            return constant(instruction, operands[0]) * (1 if name == "subq" else -1)
        if name == "leaq" and operands[1] == pointer and (found := re.match(r"^(-?(?:0x)?[0-9a-f]+)\(%rsp\)$", operands[0])):
            return -int(found[1], 0)
        changes = operands and operands[-1] == pointer and not name.startswith(("cmp", "test"))
    elif arch == "aarch64":
        if operands and (found := re.search(r"^\[sp, #(-?(?:0x)?[0-9a-f]+)\]!$", operands[-1])):
            return -int(found[1], 0)
        if len(operands) > 1 and operands[-2] == "[sp]" and operands[-1].startswith("#"):
            return -constant(instruction, operands[-1])
        if name in ("sub", "add") and operands[:2] == (pointer, pointer):
            shift = 12 if operands[3:] == ("lsl #12",) else 0
            return (constant(instruction, operands[2]) << shift) * (1 if name == "sub" else -1)
        changes = bool(operands) and operands[0] == pointer and not name.startswith(("st", "cmp"))
    else:
        if name == "addi" and operands[:2] == (pointer, pointer):
            return -constant(instruction, operands[2])
        changes = bool(operands) and operands[0] == pointer and name not in ("sd", "sw", "sh", "sb", *BRANCHES)
    if changes:
        raise Wrong(f"{instruction}: the stack pointer changes by no constant")
    return 0


def constant(instruction, text):
    try:
        return int(text.lstrip("#$"), 0)
    except ValueError:
        raise Wrong(f"{instruction}: the stack pointer changes by no constant") from None


def callees(program, instructions, inside):
    """Names of the functions that one calls or ends by jumping to."""
    arch, names = program.arch, set()
    for instruction in instructions:
        called = instruction.name in CALL[arch]
        if instruction.name in INDIRECT[arch] or called and instruction.operands[-1].startswith("*"):
            raise Wrong(f"{instruction}: a call through a pointer")
        if called or JUMP.match(instruction.name):
            target = instruction.operands[-1]
            name = inside(int(target, 0)) if re.match(r"^0x[0-9a-f]+$", target) else None
            if name and (called or name != inside(instruction.address)):
                names.add(name)
    return names


def deepest(program, entry):
    """(bytes, chain of names) of the deepest stack below an entry."""
    every, arch = functions(program), program.arch
    owner = {instruction.address: name for name, body in every.items() for instruction in body}
    known, active = {}, []

    def depth(name):
        if name in active:
            raise Wrong(f"a cycle of calls: {' '.join(active[active.index(name):])} {name}")
        if name not in known:
            active.append(name)
            frame = sum(max(0, taken(arch, instruction)) for instruction in every[name])
            below = [depth(each) for each in sorted(callees(program, every[name], owner.get))]
            size, chain = max(below, default=(0, ()))
            known[name] = (frame + size + (8 if arch == "x86_64" and below else 0), (name, *chain))
            active.pop()
        return known[name]

    return depth(entry)


def bound(program):
    """(deepest, size of the stack, chain); raises Wrong if it does not fit."""
    low, high, guard = STACK[program.arch]
    size = program.symbols[high] - program.symbols[low] - guard
    used, chain = max(deepest(program, entry) for entry in ENTRIES)
    used += 8 if program.arch == "x86_64" else 0            # the entry's own call
    if used > size:
        raise Wrong(f"{used} bytes of a stack of {size}: {' '.join(chain)}")
    return used, size, chain


def floating(program):
    """Number of functions without floating point; raises Wrong for one with it."""
    every = functions(program)
    for name, body in every.items():
        for instruction in body:
            if instruction.operands[-1:] and ".word" in instruction.operands[-1]:
                continue                                    # data between functions
            text = f"{instruction.name} {', '.join(instruction.operands)}"
            if instruction.name == "<unknown>" and name not in HEADERS:
                raise Wrong(f"{name}: {instruction}: no instruction that objdump knows")
            if FLOATING[program.arch].search(text) and not SWITCHING.match(name):
                raise Wrong(f"{name}: {instruction}")
    return len(every)
