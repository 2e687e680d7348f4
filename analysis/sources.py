# SPDX-License-Identifier: BSD-2-Clause
"""Where in the source an address of a kernel comes from, by its debug information, as llvm-symbolizer reads it."""
import json
import re
import shutil
import subprocess

FOLDER = re.compile(r"(?:^|/)((?:abi|arch|bench|fastpath|kernel|user)/[^:]+)$")      # the tree's own part of a path


def tool():
    return shutil.which("llvm-symbolizer-19") or shutil.which("llvm-symbolizer")


def place(answer):
    """FILE:LINE of one answer, from the tree's root; "" if the debug information does not say."""
    frames = answer.get("Symbol") or [{}]
    outer = frames[-1]                                      # the function itself, not what was inlined there
    found = FOLDER.search(outer.get("FileName", ""))
    return f"{found[1]}:{outer.get('Line', 0)}" if found else ""


def of_addresses(file, addresses):
    """{name: FILE:LINE} of {name: address}, without those that nothing is known of."""
    if not addresses or not tool():
        return {}
    words = [tool(), "--obj", str(file), "--output-style=JSON", "--no-demangle"]
    done = subprocess.run(words, input="".join(f"{address:#x}\n" for address in addresses.values()), capture_output=True,
                          text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
    answers = [answer[0] if isinstance(answer, list) else answer for answer in answers]
    places = {name: place(answer) for name, answer in zip(addresses, answers)}
    return {name: where for name, where in places.items() if where}
