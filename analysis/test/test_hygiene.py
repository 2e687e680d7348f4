# SPDX-License-Identifier: BSD-2-Clause
"""What gcc, cppcheck and clang-tidy are asked to find (ci/hygiene.py) is found, and nothing else keeps them quiet."""
import shutil

import hygiene
import pytest

from analysis.failure import Failure

WARNINGS = ("-Wall", "-Wextra", "-Wshadow", "-Wundef", "-Wmissing-prototypes", "-Wstrict-prototypes", "-O1")
GOOD = "int twice(int n);\nint twice(int n)\n{\n\treturn 2 * n;\n}\n"
BEYOND = "int beyond(int n);\nint beyond(int n)\n{\n\tint a[4];\n\n\ta[0] = n;\n\treturn a[7];\n}\n"
NULL = "int null(int n);\nint null(int n)\n{\n\tint *p = 0;\n\n\treturn n ? 1 : *p;\n}\n"
MACRO = "#define TWICE(n) n * 2\nint f(int n);\nint f(int n)\n{\n\treturn TWICE(n + 1);\n}\n"
LATE = "int random(int n);\nint random(int n)\n{\n\tint a;\n\n\treturn a + n;\n}\n"      # gcc: if there is no error
PRAGMA = "#pragma clang loop\n"
PLANTED = [
    ("gcc", "int stray(int n)\n{\n\treturn n;\n}\n", "missing-prototypes"),
    ("gcc", "enum { A };\nenum { B };\n_Static_assert(A == B, \"\");\n", "enum-compare"),
    ("gcc", LATE, "uninitialized"),
    ("gcc", "int broken(\n", ""),
    ("cppcheck", BEYOND, "arrayIndexOutOfBounds"),
    ("cppcheck", NULL, "nullPointer"),
    ("clang-tidy", NULL, "clang-analyzer-core.NullDereference"),
    ("clang-tidy", MACRO, "bugprone-macro-parentheses"),
    ("clang-tidy", "#include <missing.h>\n", "clang-diagnostic-error"),
]


def read(tool, tmp_path, text, exclusions=()):
    """What a test of a tool comes to whose tree is one file."""
    if not any(map(shutil.which, hygiene.TOOLS[tool][0])):
        pytest.skip(f"{tool} is missing")
    (tmp_path / "kernel").mkdir(exist_ok=True)
    (tmp_path / "kernel/a.c").write_text(text)
    sources = [hygiene.Source("kernel/a.c", "host-debug", WARNINGS)]
    return hygiene.run_tool(tool, sources, exclusions, tmp_path)


@pytest.mark.parametrize("tool", hygiene.TOOLS)
def test_good_code_passes(tmp_path, tool):
    assert read(tool, tmp_path, GOOD).verdict == "passed"


@pytest.mark.parametrize("tool, text, check", PLANTED)
def test_what_was_planted_is_found(tmp_path, tool, text, check):
    result = read(tool, tmp_path, text)
    assert result.verdict == "failed" and "kernel/a.c:" in result.reason and f"[{check or 'error'}]" in result.reason


def test_an_exclusion_hides_its_check_in_its_file_alone(tmp_path):
    here, elsewhere = (hygiene.Exclusion("gcc", "unknown-pragmas", f"kernel/{name}.c", "so") for name in "ab")
    assert read("gcc", tmp_path, PRAGMA + GOOD, [here]).verdict == "passed"
    other = read("gcc", tmp_path, PRAGMA + GOOD, [elsewhere])
    assert other.verdict == "failed" and "[unknown-pragmas]" in other.reason
    late = read("gcc", tmp_path, PRAGMA + LATE, [here])
    assert late.verdict == "failed" and "[uninitialized]" in late.reason and "unknown-pragmas" not in late.reason


def test_an_exclusion_of_a_whole_check_is_no_other_ones(tmp_path):
    everywhere = [hygiene.Exclusion("cppcheck", check, "*", "so") for check in ("nullPointer", "other")]
    assert read("cppcheck", tmp_path, NULL, everywhere).verdict == "passed"
    assert read("cppcheck", tmp_path, BEYOND, everywhere).verdict == "failed"


@pytest.mark.parametrize("tool", hygiene.TOOLS)
def test_an_exclusion_that_nothing_needs_fails(tmp_path, tool):
    result = read(tool, tmp_path, GOOD, [hygiene.Exclusion(tool, "gone", "kernel/a.c", "so")])
    assert result.verdict == "failed" and "any more" in result.reason


@pytest.mark.parametrize("tool", hygiene.TOOLS)
def test_a_tool_that_is_missing_is_skipped_and_one_that_breaks_fails(tmp_path, monkeypatch, tool):
    monkeypatch.setattr(hygiene.shutil, "which", lambda name: None)
    assert hygiene.run_tool(tool, [], [], tmp_path).verdict == "skipped"
    monkeypatch.setattr(hygiene.shutil, "which", lambda name: "/bin/false")
    broken = hygiene.run_tool(tool, [hygiene.Source("kernel/a.c", "host-debug", ())], [], tmp_path)
    assert broken.verdict == "failed" and "/bin/false ended with 1" in broken.reason


def test_nothing_to_read_is_no_success(tmp_path, monkeypatch):
    monkeypatch.setattr(hygiene.shutil, "which", lambda name: "/bin/true")
    assert hygiene.run_tool("gcc", [], [], tmp_path).verdict == "failed"


def test_files_that_nothing_compiles_are_found(tmp_path):
    (tmp_path / "kernel").mkdir()
    (tmp_path / "arch/z80").mkdir(parents=True)
    for name in ("kernel/a.c", "kernel/b.c", "arch/z80/c.c"):
        (tmp_path / name).write_text(GOOD)
    entries = [{"file": f"{tmp_path}/{name}", "command": f"clang -Ia -fsanitize=address -O1 -o x.o -c {name}"}
               for name in ("kernel/a.c", "kernel/test/t.c", "user/u.c")]
    sources = {source.name: source for source in hygiene.sources_of("host-debug", entries, tmp_path)}
    assert [(source.name, source.words) for source in sources.values()] == [("kernel/a.c", ("-Ia", "-O1"))]
    assert hygiene.unread(sources, tmp_path) == ["arch/z80/c.c", "kernel/b.c"]


@pytest.mark.parametrize("line", ["gcc check file", "lint check file reason"])
def test_an_exclusion_needs_a_tool_and_a_reason(line):
    with pytest.raises(Failure, match="hygiene.txt:2"):
        hygiene.read_exclusions(f"# columns\n{line}\n")
