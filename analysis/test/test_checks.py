# SPDX-License-Identifier: BSD-2-Clause
"""The checks of ci/ can fail: each is given something wrong."""
import errors
import fastpath
import host
import performance
import pytest
import structure
import systems

from analysis import console

WANTED = {"entry": "", "check": "", "commit": "", "resume": "", "slow": ""}
CONTEXT = {
    "riscv64": fastpath.Context(WANTED, {0, 8, 24, 80, 88}, "tp"),
    "aarch64": fastpath.Context(WANTED, {0, 8, 24, 80, 88}, "sp"),
    "x86_64": fastpath.Context(WANTED, {0, 8, 24, 80, 88}, "%rax"),
}
GOOD = {
    "riscv64": (["sd t0, 0x0(tp)", "sd sp, 0x8(tp)"], ["lw t0, 0x3c(tp)", "bnez t0, 0x1100 <call.slow>"],
                ["sd zero, 0x20(sp)", "csrw satp, t0"], ["sret"]),
    "aarch64": (["stp x9, x10, [sp]"], ["ldr w10, [sp, #0x3c]", "cbnz w10, 0x1100 <call.slow>"],
                ["stp xzr, x10, [x11, #0x20]", "msr TTBR0_EL1, x10"], ["eret"]),
    "x86_64": (["movq %rcx, (%rax)", "movq %rsp, 0x8(%rax)"], ["testl %ebx, 0x3c(%rax)", "jne 0x1100 <call.slow>"],
               ["movq %rax, 0x28(%rbx)", "movq %rcx, %cr3"], ["sysretq"]),
}


def disassembly(steps):
    text, address = "", 0x1000
    for name, instructions in zip(WANTED, [*steps, ["nop"]]):
        text += f"\n{address:016x} <call.{name}>:\n"
        for instruction in instructions:
            text += f"{address:8x}:      \t{instruction}\n"
            address += 4
    return text + f"\n{address:016x} <other>:\n{address:8x}: nop\n"


def problems(arch, steps):
    return list(fastpath.problems(arch, "call", fastpath.steps_of("call", disassembly(steps)), CONTEXT[arch]))


@pytest.mark.parametrize("arch", GOOD)
def test_a_good_fast_path_passes(arch):
    assert problems(arch, GOOD[arch]) == []


BAD = [
    ("riscv64", 0, "sd t0, 0x20(tp)", "stores before commit"), ("riscv64", 1, "sd t0, 0x0(t1)", "stores before commit"),
    ("riscv64", 1, "sw t0, 0x0(t1)", "stores before commit"),
    ("riscv64", 1, "amoadd.d t0, t1, (t2)", "stores before commit"), ("aarch64", 1, "swp x1, x2, [x3]", "stores before commit"),
    ("x86_64", 1, "xchgq %rcx, (%rdi)", "stores before commit"), ("x86_64", 1, "btsq %rcx, 0x8(%rdi)", "stores before commit"),
    ("riscv64", 2, "beqz t0, 0x1100 <call.slow>", "gives up"), ("riscv64", 3, "j 0x9000 <syscall_slow>", "gives up"),
    ("riscv64", 2, "j 0x1000 <call.entry>", "backward"), ("riscv64", 2, "sfence.vma", "must not"), ("riscv64", 1, "fence rw, rw", "must not"),
    ("riscv64", 3, "csrw satp, t0", "2 places"), ("riscv64", 2, "fld fa0, 0x0(t0)", "must not"), ("riscv64", 2, "csrs sstatus, t0", "must not"),
    ("aarch64", 0, "str x9, [sp, #0x20]", "stores before commit"), ("aarch64", 0, "stp x9, x10, [sp, #0x8]", "stores before commit"),
    ("aarch64", 1, "str x9, [x10]", "stores before commit"), ("aarch64", 2, "cbz x9, 0x1100 <call.slow>", "gives up"),
    ("aarch64", 2, "tlbi vmalle1", "must not"), ("aarch64", 2, "dsb sy", "must not"), ("aarch64", 2, "isb", "must not"),
    ("aarch64", 2, "movi v0.2d, #0", "must not"), ("aarch64", 2, "msr CPACR_EL1, x17", "must not"), ("aarch64", 2, "b.ne 0x1000 <call.entry>", "backward"),
    ("x86_64", 0, "movq %rcx, 0x20(%rax)", "stores before commit"), ("x86_64", 1, "movl $0, (%rdi)", "stores before commit"),
    ("x86_64", 1, "pushq %rax", "stores before commit"), ("x86_64", 1, "orq $1, 0x8(%rdi,%rcx,8)", "stores before commit"),
    ("x86_64", 2, "jne 0x1100 <call.slow>", "gives up"), ("x86_64", 2, "jmp 0x1000 <call.entry>", "backward"),
    ("x86_64", 2, "mfence", "must not"), ("x86_64", 2, "invpcid (%rax), %rcx", "must not"), ("x86_64", 2, "movq %rax, %cr0", "must not"),
    ("x86_64", 2, "movaps %xmm0, (%rax)", "must not"), ("x86_64", 2, "clts", "must not"),
]


@pytest.mark.parametrize("arch, step, instruction, says", BAD)
def test_a_bad_fast_path_is_found(arch, step, instruction, says):
    steps = [list(part) for part in GOOD[arch]]
    steps[step].append(instruction)
    assert any(says in problem for problem in problems(arch, steps))


@pytest.mark.parametrize("arch", GOOD)
def test_steps_that_are_missing_or_swapped_are_found(arch):
    text = disassembly(GOOD[arch])
    swapped = text.replace("<call.check>", "<swap>").replace("<call.commit>", "<call.check>").replace("<swap>", "<call.commit>")
    for wrong in (text.replace("<call.check>", "<other>"), swapped):
        assert list(fastpath.problems(arch, "call", fastpath.steps_of("call", wrong), CONTEXT[arch]))


FILES = {
    "abi/tag.h": ("#include <stdint.h>", '#include "thread.h"', structure.abi_includes_nothing),
    "kernel/ipc.c": ('#include "arch.h"\n/* #include "x.h" */', '#include "call.h"', structure.kernel_includes),
    "kernel/a.c": ('#include <stdbool.h>', '#include "riscv64/trap.h"', structure.kernel_includes),
    "user/libkite/a.c": ('#include "abi.h"', '#include "endpoint.h"', structure.user_includes),
    "bench/guest/a.c": ('#include <stdint.h>', '#include "core.h"', structure.user_includes),
    "fastpath/call.riscv64.S": ('#include "offsets.h"', '#include "thread.h"', structure.assembly_includes),
    "kernel/b.c": ("/* as riscv64 does */ int x;", "int riscv64;", structure.kernel_names_no_architecture),
    "user/b.c": ("#if KITE_DEBUG\n#endif", "#if defined(__riscv)\n#endif", structure.no_conditional_on_architecture),
    "kernel/c.c": ("#ifdef X\n#endif", "#ifdef __x86_64__\n#endif", structure.no_conditional_on_architecture),
    "kernel/d.c": ("/* SPDX-License-Identifier: BSD-2-Clause */", "int x;", structure.files_say_their_licence),
    "kernel/CMakeLists.txt": ("add_library(x a.c)", "file(GLOB x *.c)", structure.sources_are_listed),
    "docs/a.md": ("see /usr/bin/python3 and a/wor" "k/b", "see /wor" "k/me/kite", structure.no_path_of_a_machine),
    "analysis/a.py": ("import os\nos.getcwd()", "import os", structure.python_is_clean),
}


@pytest.mark.parametrize("name", FILES)
def test_every_rule_about_files_can_be_broken(tmp_path, name):
    good, bad, rule = FILES[name]
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / "ci").mkdir(exist_ok=True)
    (tmp_path / "ci" / "check").write_text("")
    (tmp_path / "abi").mkdir(exist_ok=True)
    (tmp_path / "abi" / "abi.h").write_text("/* SPDX-License-Identifier: BSD-2-Clause */\n")
    for text, expected in ((good, 0), (bad, 1)):
        (tmp_path / name).write_text(text + "\n")
        assert len(list(rule(structure.Tree(tmp_path, [name, "abi/abi.h"])))) == expected


def test_a_missing_architecture_file_is_found(tmp_path):
    (tmp_path / "arch").mkdir()
    (tmp_path / "arch/arch.h").write_text("/*\n *   machine.h    constants\n */\n")
    tree = structure.Tree(tmp_path, ["arch/arch.h", "arch/x86_64/machine.h", "arch/aarch64/machine.h"])
    assert list(structure.architectures_have_same_files(tree)) == ["arch/riscv64/machine.h is missing"]
    assert len(list(structure.fastpaths_stand_side_by_side(tree))) == 3 * len(fastpath.PATHS)


@pytest.mark.parametrize("text, failed", [
    ("ok a\nskip b: no\ndone 1 0 1\nhalt 0\n", 0), ("done 0 0 0\nhalt 0\n", 1), ("ok a\nhalt 0\n", 1), ("ok a\ndone 2 0 0\nhalt 0\n", 1),
    ("ok a\nnot ok b: x\ndone 1 1 0\nhalt 1\n", 1), ("ok a\nnot ok b: x\ndone 1 1 0\nhalt 0\n", 2), ("ok a\ndone 1 0 0\nhalt 3\n", 1)])
def test_system_tests_that_end_badly_fail(text, failed):
    results = systems.results_of_tests("m", text, console.parse(text))
    assert sum(result.verdict == "failed" for result in results) == failed


@pytest.mark.parametrize("fast, slow, equal", [(["a", "b"], ["a", "b"], True), (["a", "b"], ["a", "c"], False), (["a"], ["a", "b"], False),
                                               ([], [], False)])
def test_traces_that_differ_or_are_empty_fail(fast, slow, equal):
    assert (not list(systems.first_difference(fast, slow))) is equal


@pytest.mark.parametrize("commits, declines, problems", [(300, 300, 0), (10, 300, True), (300, 10, True)])
def test_a_random_run_that_shows_nothing_fails(commits, declines, problems):
    hits = {f"{path}.{step}": count for path in systems.PART_FAST for step, count in (("commit", commits), ("slow", declines))}
    assert len(list(systems.too_few_hits(hits, 6000))) == problems * len(systems.PART_FAST)


@pytest.mark.parametrize("text, verdicts", [
    ('<testsuite><testcase name="a"/><testcase name="b"><failure message="x"/></testcase></testsuite>', ["passed", "failed"]),
    ('<testsuite><testcase name="a"><skipped message="x"/></testcase></testsuite>', ["skipped"]),
    ("<testsuite/>", ["failed"]), ("<tests", ["failed"])])
def test_junit_files_are_read_and_empty_ones_fail(tmp_path, text, verdicts):
    (tmp_path / "j.xml").write_text(text)
    assert [result.verdict for result in host.results_of_junit(tmp_path / "j.xml", "host")] == verdicts


def console_of_errors(arch, without=(), beside=()):
    pairs = [pair for pair in sorted(errors.possible(arch)) if pair not in without] + list(beside)
    return "".join(f"kernel: {what} (1f) through 5 at pc 20a0: {error}, for a reason\r\n" for what, error in pairs)


@pytest.mark.parametrize("arch", ["x86_64", "riscv64"])
def test_errors_that_no_test_provokes_are_found(arch):
    assert list(errors.problems(arch, False, console_of_errors(arch))) == []
    assert list(errors.problems(arch, False, console_of_errors(arch, without=[("cnode.move", "slot_taken")]))) == [
        "no test provokes slot_taken of cnode.move"]
    assert list(errors.problems(arch, False, console_of_errors(arch, beside=[("cnode.move", "no_table")]))) == [
        "cnode.move returned no_table, which abi/errors.def does not list"]


def test_only_x86_has_errors_of_ports():
    assert ("io_ports.in", "bad_address") in errors.possible("x86_64")
    assert ("io_ports.in", "bad_address") not in errors.possible("aarch64")


def test_how_waiting_ended_is_not_told_by_a_fast_path():
    lost = console_of_errors("riscv64", without=[("send", "cancelled")])
    assert list(errors.problems("riscv64", False, lost)) == ["no test provokes cancelled of send"]
    assert list(errors.problems("riscv64", True, lost)) == []


def test_examples_are_told_apart_and_compared(monkeypatch):
    import examples
    from analysis.lists import Example
    found = examples.printed("kite: x\r\nexample a\r\none\r\nqemu-system-x: warning: so\ntwo\r\nok a\nskip b: no device\nexample c\nthree\n")
    assert found == {"a": ["one", "two"], "b": "no device", "c": ["three"]}
    monkeypatch.setattr(examples, "read_examples", lambda: [Example("a", "", "one\ntwo\n"), Example("b", "", "x\n"),
                                                            Example("c", "", "four\n"), Example("d", "", "five\n")])
    machine = type("M", (), {"name": "m"})
    assert [result.verdict for result in examples.results(machine, found)] == ["passed", "skipped", "failed", "failed"]


def test_lists_are_read_with_their_strings():
    from analysis.lists import read
    methods = {(words[0], words[2]): words for words in read("abi/method.def", "METHOD")}
    assert methods["untyped", "retype"][4].split()[0] == "kind" and len(methods) > 30
    assert {len(words) for words in methods.values()} == {7}


def test_the_manual_shows_every_object_and_example(monkeypatch):
    import manual
    assert not list(manual.left_out())
    monkeypatch.setattr(manual, "template", lambda: "# nothing\n")
    assert any("{{methods thread}}" in problem for problem in manual.left_out())
PAGE = "| `sweep/ready` | n | 2 | 0 | 1.5 | 0 |\n"


@pytest.mark.parametrize("arch, points, problems", [("x86_64", {1: 50, 2: 98, 8: 98}, 0), ("x86_64", {2: 98, 8: 99}, 1), ("aarch64", {2: 98, 8: 107}, 0),
                                                    ("aarch64", {2: 98, 8: 108}, 1), ("x86_64", {1: 98, 2: 98}, 1)])
def test_what_grows_too_fast_is_found(arch, points, problems):
    rows = {f"sweep/ready words=0 space=other n={n}": number for n, number in points.items()}
    assert len(list(performance.knees(arch, rows, PAGE))) == problems


def test_a_page_that_allows_nothing_fails():
    assert list(performance.knees("x86_64", {}, ""))
