# SPDX-License-Identifier: BSD-2-Clause
"""`kite prove`: verdicts, closing line and exit codes; and that the check of fast paths can say no."""
import pytest

from analysis import prove
from analysis.failure import Exit, Failure
from proof import claims

z3 = pytest.importorskip("z3")


def claim(name, proof):
    return claims.Claim(name, "a sentence", "bounds", "tool", 100, proof, touched=r"nowhere/")


def refuse():
    raise claims.Refuted("because\nof this")


def skip():
    raise claims.Skipped("no tool")


@pytest.fixture(autouse=True)
def three_claims(monkeypatch):
    found = [claim("a/holds", lambda: "done"), claim("a/fails", refuse), claim("b/skips", skip)]
    monkeypatch.setattr(claims, "all_claims", lambda: found)


def run(pattern, capsys, changed=False):
    code = prove.run(pattern, changed, False, False, lambda text: None)
    return code, capsys.readouterr().out


def test_each_verdict_is_counted_and_one_failure_is_exit_1(capsys):
    code, out = run("", capsys)
    assert code == Exit.ERROR and out.endswith("1 proved, 1 failed, 1 skipped\n")
    assert "FAILED   a/fails" in out and "of this" in out and "SKIPPED  b/skips" in out


def test_only_what_was_proved_is_exit_0(capsys):
    assert run("holds|skips", capsys)[0] == Exit.SAME
    assert run("skips", capsys)[0] == Exit.ERROR, "nothing was proved"


def test_a_filter_that_matches_nothing_is_a_usage_error(capsys):
    with pytest.raises(Failure) as failure:
        run("no such", capsys)
    assert failure.value.code == Exit.USAGE


def test_a_change_elsewhere_concerns_no_claim(monkeypatch, capsys):
    monkeypatch.setattr(prove, "changed_files", lambda: ["docs/ipc.md"])
    assert run("", capsys, changed=True) == (Exit.SAME, "0 proved, 0 failed, 0 skipped\n")
    monkeypatch.setattr(prove, "changed_files", lambda: ["nowhere/x.c"])
    assert run("", capsys, changed=True)[0] == Exit.ERROR


def test_a_proof_that_needs_too_long_has_failed(monkeypatch):
    times = iter((0.0, 301.0))
    monkeypatch.setattr(prove, "processor_seconds", lambda: next(times))
    assert prove.one("a/holds").verdict == "FAILED"


def small_executor(text, objects=()):
    """An executor over a few instructions of riscv64, and its first state."""
    from proof.binary import executor, program, riscv64
    nothing = type("Program", (), {"instructions": program.instructions_of(text), "constant": staticmethod(lambda *_: None)})
    world = executor.World(nothing)
    for item in objects:
        world.add(item)
    state = executor.State(0x1000)
    state.registers = {name: z3.BitVec(name, 64) for name in riscv64.NAMES}
    state.special = {name: z3.BitVec(name, 64) for name in riscv64.SPECIAL}
    return executor.Executor(world, riscv64), state


def test_a_branch_on_a_symbol_goes_both_ways():
    machine, state = small_executor("1000: beqz a0, 0x1008 <x>\n1004: li a1, 0x1\n1008: sret\n")
    leaves = [state for _, state in machine.run(state)]
    assert sorted(str(leaf.registers["a1"]) for leaf in leaves) == ["1", "a1"]


def test_an_unknown_instruction_is_refused():
    from proof.binary.executor import Refused
    machine, state = small_executor("1000: vadd.vv v1, v2, v3\n1004: sret\n")
    with pytest.raises(Refused, match="does not know"):
        machine.run(state)


def test_an_access_outside_of_every_object_is_refused():
    from proof.binary.executor import Object, Refused, value
    thing = Object("thing", value(0x8000), 64)
    machine, state = small_executor("1000: sd zero, 0x8(a0)\n1004: sret\n", [thing])
    state.registers["a0"] = value(0x8000)
    assert machine.run(state)[0][1].memory["thing", 8].as_long() == 0
    state.registers["a0"] = value(0x8040)
    with pytest.raises(Refused, match="outside of every object"):
        machine.run(state)


def kernel_of(text, **symbols):
    from proof.binary import program
    return type("Program", (), {"arch": "riscv64", "instructions": program.instructions_of(text), "symbols": symbols})


def test_the_stack_bound_is_that_of_the_deepest_chain():
    from proof import stack
    kernel = kernel_of("1000: addi sp, sp, -0x20\n1004: jal 0x2000 <b>\n1008: ret\n2000: addi sp, sp, -0x40\n2004: ret\n",
                       a=0x1000, b=0x2000)
    assert stack.deepest(kernel, "a") == (0x60, ("a", "b"))


@pytest.mark.parametrize("text, why", [("1000: jal 0x1000 <a>\n1004: ret\n", "cycle"), ("1000: jalr s3\n1004: ret\n", "pointer"),
                                       ("1000: sub sp, sp, a0\n1004: ret\n", "no constant")])
def test_what_has_no_bound_is_refused(text, why):
    from proof import stack
    with pytest.raises(stack.Wrong, match=why):
        stack.deepest(kernel_of(text, a=0x1000), "a")


def test_floating_point_is_found():
    from proof import stack
    with pytest.raises(stack.Wrong):
        stack.floating(kernel_of("1000: fld fa0, 0x0(a0)\n1004: ret\n", a=0x1000))


def test_the_table_of_claims_has_no_claim_that_nobody_makes():
    made = {claim.name for claim in [*claims.hygiene_claims(), *claims.bounded_claims(), *claims.fastpath_claims(),
                                     *claims.mitigated_exits()]}
    assert prove.documented() <= made


def test_instructions_are_changed_in_every_way_that_fits():
    from proof.binary import mutants, program
    lines = program.instructions_of("1000: bltu t0, t1, 0x1008 <x>\n1004: sd t0, 0x18(tp)\n1008: nop\n")
    changed = [[(what, str(new)) for what, new in mutants.mutants("riscv64", lines[address])] for address in (0x1000, 0x1004)]
    assert changed[0] == [("branch sense", "1000: bgeu t0, t1, 0x1008"), ("dropped", "1000: nop")]
    assert [what for what, _ in changed[1]] == ["dropped", "offset + 8", "offset - 8"]
    assert changed[1][1][1] == "1004: sd t0, 0x20(tp)"


def test_a_survivor_is_explained_by_a_pattern_and_a_reason():
    from proof.binary import mutants
    assert all(pattern.pattern and reason for pattern, reason in mutants.explanations())
