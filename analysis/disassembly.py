# SPDX-License-Identifier: BSD-2-Clause
"""A kernel's instructions as llvm-objdump wrote them beside it (kernel.asm), and which of them branch, call and return."""
import re

from analysis.failure import Exit, Failure

INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S.*)$")
CALL = re.compile(r"^(?:call\w*|blr?|jal|jalr)\s")
RETURN = re.compile(r"^(?:ret\w?|c\.jr\s+ra|jr\s+ra)\b")
BRANCH = re.compile(r"^(?:j\w+|call\w*|ret\w?|b|b\.\w+|br|blr?|cbn?z|tbn?z"
                    r"|(?:c\.)?(?:b(?:eq|ne|lt|ge|ltu|geu|gt|le|gtu|leu|eqz|nez|lez|gez|ltz|gtz)|j|jr|jal|jalr))(?:\s|$)")
# What leaves the kernel, and what cores have no model for: system registers, the address space, the user's thread pointer.
SYSTEM = re.compile(r"^(?:csr|sret|mrs|msr|eret|sysret|iret|swapgs|(?:rd|wr)[fg]sbase|(?:rd|wr)msr)|%cr[034]|%[defgs]s\b", re.I)


def parse(text):
    """{address: instruction} in the order of the addresses."""
    found = (INSTRUCTION.match(line) for line in text.splitlines())
    pairs = [(int(match[1], 16), re.sub(r"\s+", " ", match[2].strip())) for match in found if match]
    return dict(sorted(pairs))


def read(path):
    try:
        return parse(path.read_text())
    except OSError as error:
        raise Failure(Exit.ERROR, f"cannot read the kernel's disassembly: {error}") from None


def is_branch(text):
    """Whether it can go elsewhere than to the next instruction; the return to the user is none."""
    return bool(BRANCH.match(text)) and not SYSTEM.match(text)


def followers(addresses):
    """{address: that of the instruction behind it} of sorted addresses."""
    addresses = list(addresses)
    return dict(zip(addresses, addresses[1:]))
