# SPDX-License-Identifier: BSD-2-Clause
"""proof/bounded: that a proof by CBMC can say no, and that neither a warning nor an empty harness passes for a proof."""
import pytest

from proof import cbmc
from proof.bounded import harnesses


@pytest.fixture(scope="module", autouse=True)
def tool():
    try:
        return cbmc.program()
    except cbmc.Missing as reason:
        pytest.skip(str(reason))


def named(name):
    return next(harness for harness in harnesses.HARNESSES if harness.name == name)


def test_every_harness_has_a_change_that_it_must_notice_and_every_change_a_harness():
    assert {mutant.harness for mutant in harnesses.mutants()} == {harness.name for harness in harnesses.HARNESSES}


@pytest.mark.parametrize("name", ["tag fields", "derive gives no more"])
def test_changes_of_the_kernel_are_noticed(name):
    changes = [mutant for mutant in harnesses.mutants() if mutant.harness == name]
    assert len(changes) >= 3
    for change in changes:
        assert not harnesses.survives(named(name), change), change


def test_the_unchanged_copy_of_the_kernel_is_proved(tmp_path):
    nothing = harnesses.Mutant("tag fields", "abi/abi.h", "return tag & TAG_LENGTH_MASK;", "return tag & TAG_LENGTH_MASK;")
    assert harnesses.survives(named("tag fields"), nothing)


def test_a_change_whose_place_is_gone_is_an_error_not_a_rejection():
    gone = harnesses.Mutant("tag fields", "abi/abi.h", "return no such thing;", "")
    with pytest.raises(cbmc.Wrong, match="0 times"):
        harnesses.survives(named("tag fields"), gone)


def harness_of(tmp_path, monkeypatch, body):
    (tmp_path / "h.c").write_text(f'#include "harness.h"\nvoid h(void)\n{{\n{body}\n}}\n')
    (tmp_path / "harness.h").write_text((cbmc.HARNESSES / "harness.h").read_text())
    monkeypatch.setattr(cbmc, "HARNESSES", tmp_path)
    return harnesses.Harness("h", "h.c", "", "", 1)


@pytest.mark.parametrize("body, why", [
    ("ANY(unsigned, x); HOLDS(x != 7); REACHED();", "x != 7"),
    ("ANY(unsigned, x); ASSUME(x > 3 && x < 2); HOLDS(x == 9); REACHED();", "never reached"),
    ("ANY(unsigned, x); HOLDS(x + 1u > 0); REACHED();", "overflow"),
    ("ANY(unsigned long, x); HOLDS((unsigned char)x < 256); REACHED();", "overflow"),
    ("ANY(unsigned, x); HOLDS(1u << x); REACHED();", "shift distance"),
    ("unsigned a[4]; ANY(unsigned, x); ASSUME(x <= 4); a[x] = 1; REACHED();", "bound"),
    ("unsigned x; HOLDS(x == 0); REACHED();", "x == 0"),
    ("for (unsigned i = 0; i < 5; i++) ; REACHED();", "unwinding"),
])
def test_what_does_not_hold_is_said(tmp_path, monkeypatch, body, why):
    outcome = harnesses.prove(harness_of(tmp_path, monkeypatch, body))
    assert not outcome.holds and any(why in line for line in outcome.failed), outcome.failed


def test_what_has_no_body_is_no_proof(tmp_path, monkeypatch):
    outcome = harnesses.prove(harness_of(tmp_path, monkeypatch, "HOLDS(not_declared() == not_declared()); REACHED();"))
    assert not outcome.holds and any("no body" in line for line in outcome.failed)


@pytest.mark.parametrize("text", ["warning: something\n** 0 of 3 failed (1 iterations)\nVERIFICATION SUCCESSFUL\n",
                                  "** 0 of 0 failed (1 iterations)\nVERIFICATION SUCCESSFUL\n", "VERIFICATION SUCCESSFUL\n", ""])
def test_a_warning_or_a_run_that_looked_at_nothing_is_an_error(text):
    with pytest.raises(cbmc.Wrong):
        cbmc.read(text)


def test_a_harness_that_cannot_be_read_is_an_error(tmp_path, monkeypatch):
    with pytest.raises(cbmc.Wrong, match="syntax error"):
        harnesses.prove(harness_of(tmp_path, monkeypatch, "syntax error here"))
