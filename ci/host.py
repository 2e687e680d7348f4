# SPDX-License-Identifier: BSD-2-Clause
"""The tests that need no machine: unit tests of the portable kernel (ctest, under ASan and UBSan) and of the laboratory
itself (pytest).  Both write JUnit files, which are read here."""
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from result import FAILED, PASSED, SKIPPED, Result

from analysis import build, paths

SECONDS = 900                                   # of a busy computer; idle it is a minute


def verdict_of(case):
    """(verdict, reason) of a JUnit test case, ctest's or pytest's."""
    for tag, verdict in (("failure", FAILED), ("error", FAILED), ("skipped", SKIPPED)):
        found = case.find(tag)
        if found is not None:
            output = case.findtext("system-out") or ""
            return verdict, "\n".join(filter(None, [found.get("message", ""), (found.text or "").strip(), output.strip()]))
    return PASSED, ""


def results_of_junit(path, prefix):
    """A JUnit file's cases; a missing or empty file is one failure."""
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        return [Result(f"{prefix}/ran", FAILED, f"no results: {error}")]
    if not cases:
        return [Result(f"{prefix}/ran", FAILED, "the list of tests is empty")]
    return [Result(f"{prefix}/{case.get('name')}", *verdict_of(case)) for case in cases]


def run(command, junit, prefix, environment=None):
    junit.unlink(missing_ok=True)
    try:
        done = subprocess.run(command, cwd=paths.ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=SECONDS, env={**os.environ, **(environment or {})})
    except subprocess.TimeoutExpired:
        return [Result(f"{prefix}/ran", FAILED, f"still ran after {SECONDS} seconds")]
    results = results_of_junit(junit, prefix)
    if done.returncode and not any(result.verdict == FAILED for result in results):
        results.append(Result(f"{prefix}/ran", FAILED, done.stdout[-2000:]))
    return results


def unit_tests(say):
    build.build("host-debug", say=say)
    directory = paths.preset_directory("host-debug")
    junit = directory / "junit.xml"
    say("unit tests under ASan and UBSan")
    strict = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}
    yield from run(["ctest", "--test-dir", str(directory), "--output-junit", str(junit), "-j2"], junit, "host", strict)


def laboratory_tests(say):
    say("tests of the laboratory")
    junit = paths.BUILD / "pytest.xml"
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={junit}", "analysis/test"]
    yield from run(command, junit, "analysis")
