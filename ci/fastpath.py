# SPDX-License-Identifier: BSD-2-Clause
"""Reads the fast paths as they were linked (build/<arch>-release/kernel.asm) and checks that they are one program:

- their steps are those of fastpath/<path>.def, in that order, on every architecture;
- before "commit" nothing is stored but in the current thread's save area;
- from "commit" on nothing gives up;
- every branch goes forward, but for one loop in the step "copy";
- what stands behind "resume" are side ways: an error that returns at once, "slow", or "again", where C finishes;
- there is no TLB flush, no barrier, no FPU register and no write of its control (CR0, CPACR_EL1, sstatus), and at most one write of the address-space register.

Also counts instructions by step, for the table of fastpath/README.md (generate.py).
"""
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from result import of_problems

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from analysis import paths  # noqa: E402

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
PATHS = tuple(paths.fastpaths())
STAYING = ("signal", "wait", "acknowledge")    # those that return to whom they came from, and load no address space
COPY = "copy"                   # the step that may have a loop, of its own
LAST = "resume"                 # steps behind it are side ways out
FINISHES = "again"              # one of those that comes from behind commit, and lets C finish
SAVED = ("THREAD_PC", "THREAD_SP", "THREAD_TLS")
SCRATCH_BYTES = 32

LABEL = re.compile(r"^[0-9a-f]+ <([\w.$]+)>:$")
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S.*)$")
TARGET = re.compile(r"\b(?:0x)?([0-9a-f]+) <([\w.$]+)(?:\+0x[0-9a-f]+)?>")

# A store, as llvm-objdump writes it, with its offset and base register; rather too much than too little.
STORE = {
    "riscv64": re.compile(r"^(?:(?:c\.)?(?:s[bhwd]|sdsp|swsp)\s+\w+|(?:amo|sc\.)\S+\s+\w+, \w+), "
                          r"(?P<offset>-?(?:0x)?[0-9a-f]*)\((?P<base>\w+)\)"),
    "aarch64": re.compile(r"^(?:st|cas|swp|ldadd|ldset|ldclr|ldeor)\w*\s+.*\[(?P<base>\w+)(?:, #(?P<offset>-?(?:0x)?[0-9a-f]+))?"),
    # Whatever has memory as its last operand, but for what only reads it there.
    "x86_64": re.compile(r"^(?!cmp|test|bt[wlq]?\s|nop|prefetch|jmp)\w+\s+(?:.*, )?(?:%\ws:)?(?P<offset>-?(?:0x)?[0-9a-f]*)"
                         r"\((?P<base>%\w+)[^)]*\)(?:\s*#.*)?$"),
}
PUSH = {"x86_64": re.compile(r"^(?:push|call)")}
BRANCH = {
    "riscv64": re.compile(r"^(?:c\.)?(?:b(?:eq|ne|lt|ge|ltu|geu|gt|le|gtu|leu|eqz|nez|lez|gez|ltz|gtz)|j|jal)\b"),
    "aarch64": re.compile(r"^(?:b|b\.\w+|cbn?z|tbn?z|bl)\s"),
    "x86_64": re.compile(r"^j\w+\s"),
}
FORBIDDEN = {
    "riscv64": re.compile(r"^(?:sfence|fence|hfence|f[a-z]+\.[sd]|f[ls][wd]\b|csr\w*\s.*\b(?:sstatus|fcsr|frm|fflags)\b)"),
    "aarch64": re.compile(r"^(?:tlbi|dsb|dmb|isb|ic|dc)\b|\b[vqds]\d+\b|\bfp[cs]r\b|\bcpacr_el1\b", re.I),
    "x86_64": re.compile(r"^(?:inv\w+|[mls]fence|wbinvd|lock|xsave\w*|xrstor\w*|fx\w+|clts|xsetbv|lmsw|cpuid)\b|%[xyz]mm|%cr0|%cr4"),
}
SPACE_WRITE = {
    "riscv64": re.compile(r"^csr\w*\s.*\bsatp\b"),
    "aarch64": re.compile(r"^msr\s+TTBR0_EL1\b", re.I),
    "x86_64": re.compile(r"^mov\w*\s+%\w+, %cr3"),
}


def number(text):
    """An offset as objdump writes it; an empty one is 0."""
    return int(text or "0", 0)


def steps_of(path, text):
    """{step: [(address, instruction), ...]} of one fast path, in the order in which they lie; text: kernel.asm."""
    steps, current = {}, None
    for line in text.splitlines():
        if label := LABEL.match(line):
            inside = label[1].startswith(path + ".")
            current = steps.setdefault(label[1].removeprefix(path + "."), []) if inside else None
        elif current is not None and (found := INSTRUCTION.match(line)):
            current.append((int(found[1], 16), re.sub(r"\s+", " ", found[2].strip())))
    return steps


def wanted_steps(text):
    """The names of a .def file's steps with their sentences, in order."""
    return dict(re.findall(r'^STEP\((\w+),\s*"([^"]*)"\)', text, re.M))


def constants_of(text):
    """{name: value} of a generated offsets.h."""
    return {name: int(value) for name, value in re.findall(r"#define (\w+) (-?\d+)", text)}


def saved_offsets(constants):
    """The offsets of struct thread that an entry may write before commit."""
    scratch = constants["THREAD_SCRATCH"]
    return {constants[name] for name in SAVED} | set(range(scratch, scratch + SCRATCH_BYTES, 8))


def store_of(arch, instruction):
    """(offset, base register) if the instruction stores, else None; a push has no base that could be allowed."""
    if arch in PUSH and PUSH[arch].match(instruction):
        return 0, "the stack"
    found = STORE[arch].match(instruction)
    return (number(found["offset"]), found["base"]) if found else None


def current_of(text):
    """The register that roles.<arch>.h gives the current thread."""
    found = re.search(r"^#define CURRENT\s+(%?\w+)", text, re.M)
    return found[1] if found else ""


def store_problems(arch, path, steps, before_commit, context):
    """Stores before commit that are not in the current thread's save area."""
    for step in before_commit:
        for _, instruction in steps[step]:
            store = store_of(arch, instruction)
            if not store:
                continue
            offsets = (store[0], store[0] + 8) if instruction.startswith("stp") else (store[0],)
            if store[1] != context.current or not context.saved.issuperset(offsets):
                yield f"{path}.{step} stores before commit: {instruction}"


def give_up_problems(path, steps, from_commit):
    for step in from_commit:
        for _, instruction in steps[step]:
            target = TARGET.search(instruction)
            if target and (target[2] in (f"{path}.slow", "syscall_slow") or "_slow" in target[2]):
                yield f"{path}.{step} gives up after commit: {instruction}"


def branch_problems(arch, path, steps):
    loops = 0
    for step, instructions in steps.items():
        for address, instruction in instructions:
            target = TARGET.search(instruction)
            if step == COPY and target and instructions[0][0] < int(target[1], 16) <= address:
                loops += 1
                if loops > 1:
                    yield f"{path}.{step} has a second loop: {instruction}"
            elif step not in ("slow", FINISHES) and BRANCH[arch].match(instruction) and target and int(target[1], 16) <= address:
                yield f"{path}.{step} branches backward: {instruction}"


def forbidden_problems(arch, path, steps):
    writes = 0
    for step, instructions in steps.items():
        for _, instruction in instructions:
            if step != "slow" and FORBIDDEN[arch].search(instruction):
                yield f"{path}.{step} must not: {instruction}"
            writes += bool(SPACE_WRITE[arch].search(instruction))
    if writes != (path not in STAYING):
        yield f"{path} writes the address-space register in {writes} places"


@dataclass(frozen=True)
class Context:
    """What the files beside the fast path say of it."""
    wanted: dict                # step -> sentence, in order
    saved: set                  # offsets that may be written before commit
    current: str                # the current thread's register


def problems(arch, path, steps, context):
    """Everything that is wrong with one fast path of one architecture."""
    names = list(context.wanted)
    if list(steps) != names:
        yield f"{path} has the steps {' '.join(steps)}; {path}.def says {' '.join(names)}"
        return
    commit, side = names.index("commit"), names.index(LAST if LAST in names else "slow") + (LAST in names)
    behind = [name for name in names[side:] if name == FINISHES]
    yield from store_problems(arch, path, steps, [name for name in names[:commit] + names[side:] if name not in behind], context)
    yield from give_up_problems(path, steps, names[commit:side] + behind)
    yield from branch_problems(arch, path, steps)
    yield from forbidden_problems(arch, path, steps)


def read(root, arch, path):
    """(steps, Context) of a built release kernel."""
    directory = root / "build" / f"{arch}-release"
    constants = constants_of((directory / "generated" / "offsets.h").read_text())
    context = Context(wanted_steps((root / "fastpath" / f"{path}.def").read_text()), saved_offsets(constants),
                      current_of((root / "fastpath" / f"roles.{arch}.h").read_text()))
    return steps_of(path, (directory / "kernel.asm").read_text()), context


def group(root):
    for arch in ARCHITECTURES:
        for path in PATHS:
            name = f"fastpath/{path}.{arch} is the program that its steps say"
            yield of_problems(name, problems(arch, path, *read(root, arch, path)))
        symbols = (root / "build" / f"{arch}-release" / "kernel.sym").read_text()
        left = re.findall(r"\btrace_\S*", symbols)
        yield of_problems(f"fastpath/a release kernel for {arch} has no trace points", left)
