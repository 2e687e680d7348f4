# SPDX-License-Identifier: BSD-2-Clause
"""`kite profile`: taking an iteration apart, and each way of showing it, against what foreign tools make of it."""
import json
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from conftest import ROOT, kite

from analysis import disassembly, elf, estimate, metrics, plugin
from analysis import profile as command
from analysis.console import BenchLine
from analysis.failure import Exit, Failure
from analysis.profile import chrome, flame, measure, perf_script, sets, stacks, table

ASSEMBLY = """\
kernel.elf:	file format elf64-littleriscv
0000000000001000 <trap_entry>:
    1000:      	csrrw	tp, sscratch, tp
    1004:      	bnez	t0, 0x2000 <call.entry>
    1008:      	nop
0000000000002000 <call.entry>:
    2000:      	sd	t0, 0x50(tp)
    2004:      	jal	0x3000 <names>
    2008:      	j	0x4000 <call.commit>
0000000000003000 <names>:
    3000:      	ld	a0, 0x0(a0)
    3004:      	ret
0000000000004000 <call.commit>:
    4000:      	sret
"""
SYMBOLS = [(0x1000, "trap_entry"), (0x2000, "call.entry"), (0x3000, "names"), (0x4000, "call.commit")]
WAY = [0x1000, 0x1004, 0x2000, 0x2004, 0x3000, 0x3004, 0x2008, 0x4000]
FRAMES = {0x3000: [("object_of", "kernel/ipc.c:7"), ("names", "kernel/ipc.c:20")], 0x2000: [("", "fastpath/call.riscv64.S:9")]}
TRACE_SCHEMA = {
    "type": "object", "required": ["traceEvents"],
    "properties": {"traceEvents": {"type": "array", "minItems": 1, "items": {
        "type": "object", "required": ["ph", "name", "pid", "tid"],
        "oneOf": [{"properties": {"ph": {"const": "X"}, "ts": {"type": "number"}, "dur": {"type": "number", "minimum": 1}},
                   "required": ["ts", "dur"]},
                  {"properties": {"ph": {"const": "C"}, "ts": {"type": "number"}}, "required": ["ts", "args"]},
                  {"properties": {"ph": {"const": "M"}}, "required": ["args"]}]}}},
}


def traced(way=WAY, passage=0, start=100):
    memory = {0x2000: (0, 1, 1, 0), 0x3000: (1, 0, 1, 1), 0x1000: (0, 0, 0, 1)}
    return [plugin.Traced(passage, start + i, pc, *memory.get(pc, (0, 0, 0, 0))) for i, pc in enumerate(way)]


def kernel():
    """What Kernel would know of the assembly above."""
    found = measure.Kernel.__new__(measure.Kernel)
    found.text = disassembly.parse(ASSEMBLY)
    found.next, found.symbols, found.frames = disassembly.followers(found.text), SYMBOLS, FRAMES
    found.starts = [address for address, _ in SYMBOLS]
    return found


def profile(way=WAY, **changes):
    instructions = measure.instructions_of(traced(way), ["ipc/call"], 1, kernel())
    fields = {"machine": "qemu-riscv64", "arch": "riscv64", "bench": "ipc/call", "params": {"words": 0, "path": "fast"},
              "instructions": instructions, "version": "0123456789ab"}
    return measure.Profile(**{**fields, **changes})


def options(**changes):
    return SimpleNamespace(**{"by": "step", "estimate": False, "output": "-", "lines": 25, **changes})


# ---- taking apart ----

def test_calls_nest_returns_come_back_and_jumps_replace():
    assert [one.stack[1:] for one in profile().instructions] == [
        ("trap_entry",), ("trap_entry",), ("call", "call.entry"), ("call", "call.entry"),
        ("call", "call.entry", "names", "object_of"), ("call", "call.entry", "names"), ("call", "call.entry"),
        ("call", "call.commit")]


def test_branches_are_taken_if_they_go_elsewhere():
    found = {one.pc: (one.branches, one.taken) for one in profile().instructions}
    assert found == {0x1000: (0, 0), 0x1004: (1, 1), 0x2000: (0, 0), 0x2004: (1, 1), 0x3000: (0, 0), 0x3004: (1, 1),
                     0x2008: (1, 1), 0x4000: (0, 0)}
    onward = measure.instructions_of(traced([0x2000, 0x2004, 0x2008]), ["x"], 1, kernel())
    assert [one.taken for one in onward] == [0, 0, 1]


def test_a_step_that_stands_for_the_slow_path_is_called_after_that(monkeypatch):
    symbols = {"wait.entry": 1 << 63, "syscall_slow": 1 << 63, "a.entry": 1 << 63, "call.entry": (1 << 63) + 4, ".Lx": (1 << 63) + 8, "user": 4}
    monkeypatch.setattr(elf.Elf, "__init__", lambda self: None)
    monkeypatch.setattr(elf.Elf, "symbols", lambda self: symbols)
    assert elf.Elf().kernel_places() == [(1 << 63, "syscall_slow"), ((1 << 63) + 4, "call.entry")]


@pytest.mark.parametrize("text, branch", [
    ("je 0x1 <a>", True), ("callq *%rax", True), ("retq", True), ("sysretq", False), ("movq %rax, %cr3", False), ("jmp 0x1 <a>", True),
    ("b.ne 0x1 <a>", True), ("bl 0x1 <a>", True), ("cbz x0, 0x1 <a>", True), ("bic x0, x1, x2", False), ("bfi x0, x1, #1, #2", False), ("ret", True),
    ("beqz a0, 0x1 <a>", True), ("jalr t0", True), ("sret", False), ("bset a0, a0, a1", False), ("eret", False)])
def test_branches_of_every_architecture_are_known(text, branch):
    assert disassembly.is_branch(text) == branch


def test_the_last_iteration_is_taken_whole_or_not_at_all():
    passage = SimpleNamespace(kernel_instructions=len(WAY))
    line = BenchLine("ipc/round_trip", {}, 2, 2, ["ipc/call", "ipc/reply_recv"])
    trace = [one for i in range(4) for one in traced(passage=i, start=100 * i)]
    region = plugin.Region(0, 1, [passage] * 4, {}, tuple(trace))
    assert {one.passage for one in measure.last_iteration(region, line, "ipc/round_trip")} == {2, 3}
    assert {one.passage for one in measure.last_iteration(region, line, "ipc/reply_recv")} == {3}
    with pytest.raises(Failure) as caught:
        measure.last_iteration(plugin.Region(0, 1, [passage] * 4, {}, tuple(trace[-10:])), line, "ipc/round_trip")
    assert caught.value.code == Exit.BENCHMARK


def test_a_row_is_found_by_name_and_parameters():
    lines = [BenchLine("ipc/round_trip", {"words": words, "space": space}, 2, 2, ["ipc/call", "ipc/reply_recv"])
             for words in (64, 0) for space in ("same", "other")]
    assert measure.matching(lines, "ipc/call", {})[0] is lines[3]
    assert measure.matching(lines, "ipc/round_trip", {"words": 64, "space": "same"}) == [lines[0]]
    with pytest.raises(Failure) as caught:
        measure.matching(lines, "ipc/call", {"words": 3})
    assert caught.value.code == Exit.USAGE and "words=64" in str(caught.value)


@pytest.mark.parametrize("text", ["", "ipc/teleport", "ipc/call words", "ipc/call 8"])
def test_what_is_no_row_is_exit_2(text):
    with pytest.raises(Failure) as caught:
        measure.wanted_words(text)
    assert caught.value.code == Exit.USAGE


# ---- showing ----

def test_whatever_it_is_summed_by_the_sum_is_the_same():
    for by in table.KEYS:
        groups = table.grouped(profile(), by)
        assert {metric: sum(sums[metric] for sums in groups.values()) for metric in measure.METRICS} == {
            "instructions": 8, "loads": 1, "stores": 1, "data_lines": 2, "code_lines": 2, "branches": 4, "taken": 4}
    assert list(table.grouped(profile(), "function")) == [("", "call"), ("", "trap_entry"), ("", "names")]
    assert table.grouped(profile(), "line")[("", "kernel/ipc.c:7")]["loads"] == 1


def test_the_table_is_golden():
    text = "\n".join(line.rstrip() for line in table.as_text([profile()], [profile(WAY[:6] + WAY[7:])], options()).splitlines())
    assert text.startswith("""\
qemu-riscv64: ipc/call words=0 path=fast, 0123456789ab, against 0123456789ab

                                             data   code
 passage   step         instructions  loads  stores  lines  lines  branches  taken  difference
""".split("\n\n")[0])
    lines = [line.split() for line in text.splitlines()]
    assert ["ipc/call", "trap_entry", "2", "1", "1", "1"] in lines
    assert ["call.entry", "3", "1", "1", "2", "2", "+1"] in lines and ["all", "8", "1", "1", "2", "2", "4", "4", "+1"] in lines


def test_of_two_sides_what_differs_comes_first():
    rows = list(table.rows_of(profile(), profile(WAY[:4] + WAY[6:]), options(by="function")))
    assert [(row["function"], row["difference"]) for row in rows] == [("names", 2), ("call", 0), ("trap_entry", 0)]


def test_json_has_a_line_a_step_with_every_metric():
    lines = [json.loads(line) for line in table.as_json([profile()], None, options(by="function")).splitlines()]
    assert lines[0] == {"type": "profile", "machine": "qemu-riscv64", "row": "ipc/call words=0 path=fast", "function": "call", "instructions": 4,
                        "loads": 0, "stores": 1, "data_lines": 1, "code_lines": 0, "branches": 2, "taken": 2, "within": 6}


FOLDED = """\
qemu-riscv64;ipc/call;trap_entry 2
qemu-riscv64;ipc/call;call;call.entry 3
qemu-riscv64;ipc/call;call;call.entry;names;object_of 1
qemu-riscv64;ipc/call;call;call.entry;names 1
qemu-riscv64;ipc/call;call;call.commit 1"""


def test_folded_stacks_are_golden():
    assert stacks.as_text([profile()], None, "instructions") == FOLDED
    assert stacks.as_text([profile()], None, "stores") == "qemu-riscv64;ipc/call;call;call.entry 1"
    both = stacks.as_text([profile()], [profile(WAY[:6] + WAY[7:])], "instructions").splitlines()
    assert both[1] == "qemu-riscv64;ipc/call;call;call.entry 2 3" and both[0].endswith(" 2 2")


def test_a_foreign_flame_graph_tool_reads_folded_stacks():
    tool = Path("/usr/share/perl5/Devel/NYTProf/flamegraph.pl")
    if not tool.exists():
        pytest.skip("Debian's libdevel-nytprof-perl, which has flamegraph.pl, is not installed")
    done = subprocess.run(["perl", str(tool)], input=FOLDED, capture_output=True, text=True)
    assert done.returncode == 0 and "object_of" in done.stdout and not done.stderr
    assert "ipc/call (8 samples, 100" in done.stdout


def rectangles(text):
    """{name: (width, title)} of a flame graph; it must be well-formed."""
    tree, space = ElementTree.fromstring(text), "{http://www.w3.org/2000/svg}"
    found = {}
    for group in tree.iter(f"{space}g"):
        title = group.find(f"{space}title").text
        found[title.split(":")[0]] = float(group.find(f"{space}rect").get("width")), title, group.find(f"{space}rect").get("fill")
    return found


def test_a_flame_graph_is_well_formed_and_as_wide_as_it_counts():
    found = rectangles(flame.svg([profile()], None, "instructions"))
    assert found["call.entry"][0] == pytest.approx(5 / 8 * found["all"][0], rel=0.01)
    assert "5 instructions, 62.5%" in found["call.entry"][1] and found["names"][0] > found["object_of"][0]
    odd = profile(bench="a<b>&\"c")
    assert "a&lt;b&gt;&amp;" in flame.svg([odd], None, "instructions")


def test_a_differential_flame_graph_is_red_where_it_grew_and_shows_what_vanished():
    more, less = profile(), profile(WAY[:4] + WAY[6:])
    grown, shrunk = rectangles(flame.svg([more], [less], "instructions")), rectangles(flame.svg([less], [more], "instructions"))
    assert "0 -> 2 instructions (+2)" in grown["names"][1] and grown["names"][2].startswith("#ff")
    assert "2 -> 0 instructions (-2)" in shrunk["names"][1] and shrunk["names"][2].endswith("ff") and shrunk["names"][0] > 0
    assert grown["trap_entry"][2] == "#e8e8e8"


def test_a_flame_graph_of_nothing_is_exit_2():
    with pytest.raises(Failure) as caught:
        flame.svg([profile([0x4000])], None, "loads")
    assert caught.value.code == Exit.USAGE


def test_a_chrome_trace_fits_its_schema_and_nests():
    trace = json.loads(chrome.text([profile(), profile(machine="qemu-x86_64")]))
    jsonschema.validate(trace, TRACE_SCHEMA)
    events = [event for event in trace["traceEvents"] if event["ph"] == "X" and event["pid"] == 1]
    assert [(event["name"], event["ts"], event["dur"]) for event in events] == [
        ("ipc/call", 0, 8), ("trap_entry", 0, 2), ("call", 2, 6), ("call.entry", 2, 5), ("names", 4, 2), ("object_of", 4, 1),
        ("call.commit", 7, 1)]
    for one in events:
        for other in events:
            apart = one["ts"] + one["dur"] <= other["ts"] or other["ts"] + other["dur"] <= one["ts"]
            within = one["ts"] >= other["ts"] and one["ts"] + one["dur"] <= other["ts"] + other["dur"]
            assert apart or within or (other["ts"] >= one["ts"] and other["ts"] + other["dur"] <= one["ts"] + one["dur"])


def test_perf_script_text_is_golden_and_read_back():
    text = perf_script.text([profile()])
    assert text.startswith("qemu-riscv64 1 [000] 0.000000: 1 instructions:\n\t            1000 trap_entry (kernel.elf)\n")
    samples = perf_script.read(text.splitlines())
    assert len(samples) == 8 and all(sample[:3] == ("qemu-riscv64", "instructions", 1) for sample in samples)
    assert samples[4][3] == ("ipc/call", "call", "call.entry", "names", "object_of")


# ---- sets of a cache ----

def test_lines_are_a_way_apart_if_they_share_a_set():
    way = sets.CACHE_BYTES // sets.WAYS
    lines = [0x1000, 0x1000 + way, 0x1000 + 2 * way, 0x1040, 0x1040]
    assert sets.summary(lines) == {"lines": 4, "sets": 2, "shared_sets": 1, "too_many": 0}
    assert sets.summary([0x1000 + i * way for i in range(6)])["too_many"] == 2
    found = [json.loads(line) for line in sets.as_json([profile(lines=(tuple(lines), (0x80,)))]).splitlines()]
    assert found[0]["kind"] == "data" and found[0]["by_set"]["65"] == ["0x1040"] and found[1]["by_set"] == {"2": ["0x80"]}
    assert "4 lines in 2 sets; 1 sets have several" in sets.as_text([profile(lines=(tuple(lines), ()))])


def test_the_lines_are_those_of_the_passages_that_the_row_is_about():
    line, region = BenchLine("ipc/round_trip", {}, 2, 2, ["ipc/call", "ipc/reply_recv"]), plugin.Region(0, 1, [], {}, (), (((1,), (2,)), ((3,), (4,))))
    assert measure.touched(region, line, "ipc/round_trip") == ((1, 3), (2, 4))
    assert [measure.touched(region, line, name) for name in line.names] == [((1,), (2,)), ((3,), (4,))]
    assert measure.touched(region, BenchLine("a/b", {}, 2, 5, []), "a/b") == ((1, 3), (2, 4))


@pytest.mark.parametrize("machine", ["qemu-x86_64", "qemu-aarch64", "qemu-riscv64"])
def test_no_round_trip_drives_its_own_lines_out_of_a_small_cache(machine):
    done = kite("profile", "ipc/round_trip", "-m", machine, "--by", "set", "--json", "--quiet")
    found = {row["kind"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert all(row["lines"] > 4 and row["too_many"] == 0 for row in found.values())


# ---- estimates ----

def test_an_estimate_grows_with_the_work_and_leaves_out_what_has_no_model():
    if not estimate.tool():
        pytest.skip("llvm-mca is not installed")
    little, much = ["addi a0, a0, 1", "csrr t0, scause"], ["mul a0, a0, a0"] * 20
    found = estimate.of_parts("riscv64", {"little": little, "much": much})
    assert found["little"][:2] == (2, 1) and found["much"][:2] == (20, 20)
    assert all(found["much"][2][core] > found["little"][2][core] for core in estimate.CORES["riscv64"])


def test_every_named_core_has_a_model():
    if not estimate.tool():
        pytest.skip("llvm-mca is not installed")
    plain = {"x86_64": "addq %rax, %rcx", "aarch64": "add x0, x1, x2", "riscv64": "add a0, a1, a2"}
    assert all(estimate.cycles(arch, core, [plain[arch]] * 8) > 0 for arch, cores in estimate.CORES.items() for core in cores)


# ---- the command ----

@pytest.mark.parametrize("words, code", [
    (("ipc/teleport",), 2), (("ipc/call", "--against", "no-such-commit"), 5), (("ipc/call", "--format", "chrome", "--against", "HEAD"), 2),
    (("ipc/call", "--by", "set", "--format", "flame"), 2), (("ipc/call", "-o", "/no/such/directory/x.svg"), 1), (("ipc/call", "--machine", "qemu-vax"), 2), (("ipc/call", "--by", "mood"), 2)])
def test_bad_input_is_said_before_anything_is_built(words, code):
    done = kite("profile", *words)
    assert done.returncode == code and done.stderr.strip() and "Traceback" not in done.stderr and not done.stdout


def test_a_dry_run_says_what_would_be_done():
    done = kite("profile", "ipc/call", "-m", "qemu-riscv64", "--dry-run")
    assert done.returncode == 0 and done.stdout == (
        "the working tree: build riscv64-release; boot qemu-riscv64 twice: to find the row, to trace it\n")


def test_the_command_line_knows_every_choice():
    from analysis.cli import profile as line
    assert line.KINDS == [*table.KEYS, "set"] and line.FORMATS == list(command.FORMATS) and line.METRICS == list(measure.METRICS)


def test_a_real_call_is_taken_apart_to_the_last_instruction():
    done = kite("profile", "ipc/call", "-m", "qemu-riscv64", "--json", "--quiet")
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    wanted = [line.split("(")[1].split(",")[0] for line in (ROOT / "fastpath/call.def").read_text().splitlines() if line.startswith("STEP(")]
    assert done.returncode == 0 and steps[0]["step"] == "trap_entry"
    assert {step["step"] for step in steps[1:]} <= {f"call.{name}" for name in wanted} or not wanted
    from analysis import baseline
    name = metrics.row_name("ipc/call", {"words": 0, "space": "other", "path": "fast", "stub": "inline"})
    known = {numbers[name][0] for numbers in baseline.read("qemu-riscv64").values() if name in numbers}
    assert sum(step["instructions"] for step in steps) in known
