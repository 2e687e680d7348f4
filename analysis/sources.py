# SPDX-License-Identifier: BSD-2-Clause
"""Where in the source an address of a kernel comes from, by its debug information, as llvm-symbolizer reads it."""
import json
import re
import shutil
import subprocess

FOLDER = re.compile(r"(?:^|/)((?:abi|arch|bench|fastpath|kernel|user)/[^:]+)$")      # the tree's own part of a path


def tool():
    return shutil.which("llvm-symbolizer-19") or shutil.which("llvm-symbolizer")


def place_of(frame):
    """FILE:LINE of a frame, from the tree's root; "" if the debug information does not say."""
    found = FOLDER.search(frame.get("FileName", ""))
    return f"{found[1]}:{frame.get('Line', 0)}" if found else ""


def frames_of(file, addresses):
    """{address: [(function, FILE:LINE or ""), ...]}: innermost first, what was inlined there before the function itself."""
    addresses = list(addresses)
    if not addresses or not tool():
        return {}
    words = [tool(), "--obj", str(file), "--output-style=JSON", "--no-demangle"]
    done = subprocess.run(words, input="".join(f"{address:#x}\n" for address in addresses), capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
    answers = [answer[0] if isinstance(answer, list) else answer for answer in answers]
    return {address: [(frame.get("FunctionName", ""), place_of(frame)) for frame in answer.get("Symbol") or [{}]]
            for address, answer in zip(addresses, answers)}


def of_addresses(file, addresses):
    """{name: FILE:LINE} of {name: address}, without those that nothing is known of."""
    frames = frames_of(file, addresses.values())
    places = {name: frames.get(address, [("", "")])[-1][1] for name, address in addresses.items()}   # not what was inlined
    return {name: where for name, where in places.items() if where}
