# SPDX-License-Identifier: BSD-2-Clause
"""What other readers of C say about the kernel: a second compiler (gcc, with the project's warnings as errors),
cppcheck, and clang-tidy (its checks: .clang-tidy).  clang with -Werror is the build itself.

How a file is compiled comes from CMake's compile_commands.json.  gcc and cppcheck read the portable kernel as the host
compiles it; clang-tidy each file of kernel/ and arch/ once.  What is right although a tool finds it stands in
hygiene.txt with its reason.  A tool that is missing is a skipped test."""
import json
import re
import shlex
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from result import SKIPPED, Result, of_problems

from analysis import build, paths
from analysis.failure import Exit, Failure

EXCLUSIONS = paths.ROOT / "ci" / "hygiene.txt"
CONFIGURATION = paths.ROOT / ".clang-tidy"
# A file is read as the first of these compiles it.
PRESETS = ("host-debug", "x86_64-debug", "aarch64-debug", "riscv64-debug")
JOBS = 2
SECONDS = 120
SOMETHING_FOUND = 9                     # cppcheck's exit code, told apart from what a crash would return
EVERYWHERE = "*"                        # the file of an exclusion of a whole check
GENERATED = {"kernel/offsets.c"}        # no code: its assembly text becomes a header
# A finding as all three print it; gcc says -Werror= before a warning's name, and no name at all for an error.
FINDING = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+)(?::\d+)?: "
                     r"(?:(?:fatal )?error|warning|style|performance|portability): "
                     r"(?P<text>.*?)(?: \[(?:-W(?:error=)?)?(?P<check>[\w.,+=-]+)\])?$", re.M)


@dataclass(frozen=True)
class Source:
    name: str                           # from the root of the tree
    preset: str
    words: tuple                        # that compile it: no compiler, sanitizer or output


@dataclass(frozen=True)
class Exclusion:
    tool: str
    check: str
    file: str
    reason: str


@dataclass(frozen=True)
class Finding:
    file: str
    line: int
    text: str
    check: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.text} [{self.check or 'error'}]"


def read_exclusions(text):
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            columns = line.split(None, 3)
            if len(columns) != 4 or columns[0] not in TOOLS:
                raise Failure(Exit.ERROR, f"ci/hygiene.txt:{number}: not a tool, a check, a file and a reason")
            found.append(Exclusion(*columns))
    return found


def words_of(command):
    """A compile command for another compiler."""
    words, kept = iter(shlex.split(command)[1:]), []
    for word in words:
        if word in ("-o", "-c"):
            next(words)
        elif not word.startswith(("-fsanitize", "-fno-sanitize")):
            kept.append(word)
    return tuple(kept)


def sources_of(preset, entries, root):
    """The kernel's own C files in a compile_commands.json."""
    for entry in entries:
        name = str(Path(entry["file"]).relative_to(root))
        if re.fullmatch(r"kernel/\w+\.c|arch/(?:\w+/)?\w+\.c", name) and name not in GENERATED:
            yield Source(name, preset, words_of(entry["command"]))


def all_sources(say):
    """Each C file of kernel/ and arch/, by name, as the first preset that has it compiles it."""
    sources = {}
    for preset in PRESETS:
        build.build(preset, "build.ninja", say=say)     # configures; compiles nothing
        entries = json.loads((paths.preset_directory(preset) / "compile_commands.json").read_text())
        for source in sources_of(preset, entries, paths.ROOT):
            sources.setdefault(source.name, source)
    return sources


def unread(sources, root):
    """C files that no preset compiles, and so no tool reads."""
    there = {str(path.relative_to(root)) for pattern in ("kernel/*.c", "arch/**/*.c") for path in root.glob(pattern)}
    return sorted(there - GENERATED - set(sources))


def findings_of(command, root, expected):
    """What a tool finds; an end that findings do not explain is one itself."""
    try:
        done = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return [Finding(command[-1], 0, f"{command[0]} still ran after {SECONDS} seconds", "")]
    found = [Finding(found["file"].removeprefix(f"{root}/"), int(found["line"]), found["text"], found["check"] or "")
             for found in FINDING.finditer(done.stdout + done.stderr)]
    if done.returncode not in expected or (done.returncode and not found):
        last = (done.stderr or done.stdout).strip()[-500:]
        found.append(Finding(command[-1], 0, f"{command[0]} ended with {done.returncode}: {last}", ""))
    return found


def gcc(program, sources, exclusions, root):
    """An excluded warning stays one, and is no error: gcc goes on, to the warnings that come late."""
    with tempfile.TemporaryDirectory() as objects:
        def read(source):
            own = [exclusion.check for exclusion in exclusions if exclusion.file in (source.name, EVERYWHERE)]
            errors = ["-Werror", *(f"-Wno-error={check}" for check in own)]
            output = str(Path(objects) / source.name.replace("/", "_"))
            return findings_of([program, *source.words, *errors, "-o", output, "-c", source.name], root, (0, 1))
        yield from in_parallel(read, sources)


def cppcheck(program, sources, exclusions, root):
    flags = dict.fromkeys(word for source in sources for word in source.words if word.startswith(("-I", "-D")))
    how = ["--quiet", "--std=c11", "--enable=warning,performance,portability,style", f"-j{JOBS}",
           "--template={file}:{line}:{column}: {severity}: {message} [{id}]", f"--error-exitcode={SOMETHING_FOUND}"]
    yield from findings_of([program, *how, *flags, *(source.name for source in sources)], root, (0, SOMETHING_FOUND))


def clang_tidy(program, sources, exclusions, root):
    def read(source):
        how = ["--quiet", f"--config-file={CONFIGURATION}"]
        return findings_of([program, *how, source.name, "--", *source.words], root, (0, 1))
    yield from in_parallel(read, sources)


def in_parallel(read, sources):
    with ThreadPoolExecutor(JOBS) as pool:
        for found in pool.map(read, sources):
            yield from found


# A tool's names (first the version that Kite is built with), what reads with it, whether all of arch/ too, its test.
TOOLS = {
    "gcc": (("gcc",), gcc, False, "gcc compiles the portable kernel without a warning"),
    "cppcheck": (("cppcheck",), cppcheck, False, "cppcheck finds nothing in the portable kernel"),
    "clang-tidy": (("clang-tidy-19", "clang-tidy"), clang_tidy, True, "clang-tidy finds nothing in kernel/ and arch/"),
}


def judge(tool, findings, exclusions):
    """Sentences about findings that are not excluded, and about exclusions that nothing needs."""
    excluded = {(exclusion.check, exclusion.file) for exclusion in exclusions}
    needed = set()
    for finding in dict.fromkeys(findings):         # a header's are found once for each file that includes it
        here = excluded & {(finding.check, finding.file), (finding.check, EVERYWHERE)}
        needed |= here
        if not here:
            yield str(finding)
    for check, file in sorted(excluded - needed):
        if file != EVERYWHERE:
            yield f"ci/hygiene.txt: {tool} does not find {check} in {file} any more"


def run_tool(tool, sources, exclusions, root):
    programs, read, _, title = TOOLS[tool]
    program = next(filter(None, map(shutil.which, programs)), None)
    if not program:
        return Result(f"hygiene/{title}", SKIPPED, f"{tool} is missing")
    own = [exclusion for exclusion in exclusions if exclusion.tool == tool]
    if not sources:
        return of_problems(f"hygiene/{title}", ["there is nothing to read"])
    return of_problems(f"hygiene/{title}", judge(tool, read(program, sources, own, root), own))


def group(run):
    exclusions = read_exclusions(EXCLUSIONS.read_text())
    sources = all_sources(run.say)
    yield of_problems("hygiene/every C file of the kernel is read",
                      (f"no preset compiles {name}" for name in unread(sources, paths.ROOT)))
    for tool, (_, _, everything, _) in TOOLS.items():
        run.say(f"{tool} reads the kernel")
        chosen = [source for source in sources.values() if everything or source.preset == "host-debug"]
        yield run_tool(tool, chosen, exclusions, paths.ROOT)
