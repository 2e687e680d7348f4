# SPDX-License-Identifier: BSD-2-Clause
"""Every claim that is proved here: a name, a sentence, the bounds within which it holds, the tool, the seconds of
processor time that it is expected to need, and the function that proves it.  docs/assurance.md's table is made from this list."""
import importlib
import types
from dataclasses import dataclass

from analysis import paths
from proof import cbmc
from proof.bounded import harnesses

ARCHITECTURES = ("x86_64", "aarch64", "riscv64", "riscv64-untagged")
SPECIFIED = ("call", "reply_recv")
EXPECTED = {"call": 20, "reply_recv": 40}
MUTANTS_EXPECTED = 200
QUICK = 15                      # seconds: harnesses that need no more are part of `./kite test`
TOUCHED = r"(kernel|arch|fastpath|abi|proof)/|CMake"


class Refuted(Exception):
    """The claim does not hold, or could not be shown."""


class Skipped(Exception):
    """A tool or a specification is missing."""


@dataclass(frozen=True)
class Claim:
    name: str
    sentence: str
    bounds: str
    tool: str
    expected: int
    prove: object
    preset: str = ""
    quick: bool = True          # part of `./kite test`
    touched: str = TOUCHED


def conventions(arch):
    """How system calls begin and end on a machine; riscv64 has an entry of its own for satp without ASIDs."""
    try:
        module = importlib.import_module(f"proof.binary.{arch.split('-')[0]}")
    except ModuleNotFoundError as missing:
        if missing.name and missing.name.startswith("z3"):
            raise Skipped("python3-z3 is missing") from None
        raise
    return module.untagged() if arch.endswith("-untagged") else types.SimpleNamespace(**vars(module))


def checked(arch):
    machine = conventions(arch)
    from proof.binary import program
    from proof.binary.equivalence import Check
    return Check(program.Program(f"{arch.split('-')[0]}-release"), machine)


def equals_c(arch, path):
    check = checked(arch)
    from proof.binary.equivalence import Difference
    from proof.binary.executor import Refused
    try:
        leaves = check.fast_leaves(path)
        pairs = check.path(path, leaves)
    except (Difference, Refused) as error:
        raise Refuted(str(error)) from None
    taken = sum(end == "user" for end, _ in leaves)
    return (f"{len(leaves)} ways through, {taken} taken; C has {len(check.slow[path])}; {pairs} pairs compared, "
            f"{check.executor.queries} questions to z3")


def mutants_rejected(arch, path, every):
    check = checked(arch)
    from proof.binary import mutants
    equals_once(check, path)
    count, refused, survivors = mutants.run(check, path, every)
    unexplained = [text for text, reason in survivors if not reason]
    if unexplained:
        raise Refuted(f"{len(unexplained)} of {count} changes are not rejected and not explained:\n" + "\n".join(unexplained))
    lines = [f"{count - len(survivors)} of {count} changes rejected, {refused} of them not followed; {len(survivors)} explained"]
    return "\n".join(lines + [f"{text}: {reason}" for text, reason in survivors])


def equals_once(check, path):
    from proof.binary.equivalence import Difference
    from proof.binary.executor import Refused
    try:
        check.path(path, check.fast_leaves(path))
    except (Difference, Refused) as error:
        raise Refuted(f"the unchanged path fails: {error}") from None


def unspecified(path):
    raise Skipped(f"unproved: fastpath/{path}.def has no specification in proof/binary/specification.py")


def fastpath_claims():
    bounds = ("messages of up to 8 words without capabilities (the entry sends others elsewhere); all registers, all memory "
              "that the rules of proof/binary/specification.py leave open; objects apart from each other; one core")
    names = sorted(path.stem for path in (paths.ROOT / "fastpath").glob("*.def"))
    for path in [name for name in names if name in SPECIFIED]:
        for arch in ARCHITECTURES:
            preset = f"{arch.split('-')[0]}-release"
            yield Claim(f"fastpath/{path}.{arch} equals C",
                        f"the linked fast path of {path} on {arch} takes what it promises and leaves what C leaves; all else "
                        "that reaches it, it declines with only the save area written", bounds, "z3", EXPECTED[path],
                        lambda arch=arch, path=path: equals_c(arch, path), preset, not arch.endswith("untagged"))
            yield Claim(f"mutants/{path}.{arch} are rejected",
                        f"each change of one instruction of {path} on {arch} is rejected by that proof, or explained",
                        "the kinds of changes in proof/binary/mutants.py", "z3", MUTANTS_EXPECTED,
                        lambda arch=arch, path=path: mutants_rejected(arch, path, 1), preset, False)
    for path in [name for name in names if name not in SPECIFIED]:
        yield Claim(f"fastpath/{path} equals C", f"the fast path of {path} equals C", "", "z3", 1,
                    lambda path=path: unspecified(path))


def mitigated_exits():
    """What is written over the marked places of the fast paths at boot (arch/x86_64/exit.h) is not in the linked file."""
    def unproved():
        raise Skipped("unproved: proof/binary reads the linked instructions, which boot replaces there (docs/mitigations.md)")
    yield Claim("fastpath/mitigated exits.x86_64 equal C", "with page-table isolation, buffers overwritten or branches forgotten, "
                "fast paths leave as C does", "", "z3", 1, unproved)


def bounded(prove):
    """What needs CBMC, with its ways to fail in this list's terms."""
    try:
        return prove()
    except cbmc.Missing as reason:
        raise Skipped(str(reason)) from None
    except cbmc.Wrong as reason:
        raise Refuted(str(reason)) from None


def harness_holds(harness):
    outcome = harnesses.prove(harness)
    if outcome.failed:
        raise Refuted("\n".join(outcome.failed))
    return f"{outcome.checks} properties hold; the end is reached"


def changes_rejected(harness):
    found = [mutant for mutant in harnesses.mutants() if mutant.harness == harness.name]
    survivors = [str(mutant) for mutant in found if harnesses.survives(harness, mutant)]
    if survivors or not found:
        raise Refuted("\n".join(survivors) or "no changes are listed")
    return f"{len(found)} of {len(found)} changes rejected"


def bounded_claims():
    for harness in harnesses.HARNESSES:
        yield Claim(f"bounded/{harness.name}", harness.sentence, harness.bounds, f"CBMC {cbmc.VERSION}", harness.expected,
                    lambda harness=harness: bounded(lambda: harness_holds(harness)), quick=harness.expected <= QUICK)
        yield Claim(f"mutants/bounded {harness.name} are rejected", f"changes of the kernel that the proof of '{harness.name}' must notice",
                    "the lines of proof/bounded/mutants.txt", f"CBMC {cbmc.VERSION}", 6 * harness.expected,
                    lambda harness=harness: bounded(lambda: changes_rejected(harness)), quick=False)


def from_program(arch, say):
    """A claim that is read off the linked instructions."""
    from proof import stack
    from proof.binary import program
    try:
        return say(stack, program.Program(f"{arch}-release"))
    except stack.Wrong as wrong:
        raise Refuted(str(wrong)) from None


def stack_bound(stack, program):
    used, size, chain = stack.bound(program)
    return f"{used} of {size} bytes: {' > '.join(chain)}"


def no_floating_point(stack, program):
    return f"{stack.floating(program)} functions"


def hygiene_claims():
    for arch in ARCHITECTURES[:3]:
        yield Claim(f"hygiene/stack.{arch} suffices", f"no system call, fault or interrupt of the release kernel on {arch} needs "
                    "more stack than there is", "no recursion, no calls through pointers: refused if there were any",
                    "llvm-objdump", 5, lambda arch=arch: from_program(arch, stack_bound), f"{arch}-release")
        yield Claim(f"hygiene/floating point.{arch} unused", f"no function of the release kernel on {arch} touches a register of the "
                    "FPU, but for those that move them between threads", "by name and operand of each instruction",
                    "llvm-objdump", 5, lambda arch=arch: from_program(arch, no_floating_point), f"{arch}-release")


def all_claims():
    return [*hygiene_claims(), *bounded_claims(), *fastpath_claims(), *mitigated_exits()]
