# SPDX-License-Identifier: BSD-2-Clause
"""What is bounded of the kernel as a whole: its size, and the longest time that it keeps interrupts off.  The limits are in
results/bounds.txt; results/exact/bounds.txt has the accepted values, by compiler and QEMU, reviewed as a diff."""
from analysis import elf, paths
from analysis.failure import Exit, Failure

LIMITS = paths.RESULTS / "bounds.txt"
ACCEPTED = paths.EXACT / "bounds.txt"
HEAD = """# SPDX-License-Identifier: BSD-2-Clause
# What results/bounds.txt limits, as it is.  Written by: kite bench --update-baseline
"""
UNITS = {"text_bytes": "bytes of text", "boot_bytes": "bytes of boot text, given back",
         "longest_passage": "instructions in the longest passage, setting up included"}


def limits():
    """{(kind, architecture, what): number}."""
    found = {}
    for number, line in enumerate(LIMITS.read_text().splitlines(), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) != 4 or words[0] not in ("limit", "goal") or words[2] not in UNITS or not words[3].isdigit():
            raise Failure(Exit.ERROR, f"results/bounds.txt:{number}: not a line of this table: {line}")
        found[tuple(words[:3])] = int(words[3])
    return found


def section_bytes(preset, name):
    return len(elf.Elf(paths.preset_directory(preset) / "kernel.elf").section(name))


def measured(machine, longest):
    """{what: number} of a machine whose release kernel was built and booted."""
    return {"text_bytes": section_bytes(machine.preset(), ".text"), "boot_bytes": section_bytes(machine.preset(), ".boot"),
            "longest_passage": longest}


def exceeded(arch, numbers):
    """Sentences about numbers beyond their limits."""
    for (kind, of, what), limit in limits().items():
        if kind == "limit" and of == arch and numbers.get(what, 0) > limit:
            yield f"{numbers[what]} {UNITS[what]}, more than {limit}"


def texts(machine, numbers):
    """A line for each number, with its limit or goal."""
    table = {(of, what): (kind, limit) for (kind, of, what), limit in limits().items()}
    for what, number in numbers.items():
        kind, limit = table.get((machine.arch, what), ("", 0))
        yield f"{machine.name}: {number} {UNITS[what]}" + (f" ({kind} {limit})" if kind else "")


# ---- what was accepted ----

def accepted():
    """{key: {(machine, what): number}}."""
    sections, current = {}, None
    for line in ACCEPTED.read_text().splitlines() if ACCEPTED.exists() else ():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), {})
        elif line.strip() and not line.startswith("#"):
            machine, what, number = line.split()
            current[machine, what] = int(number)
    return sections


def update(key, machine, numbers):
    sections = accepted()
    sections.setdefault(key, {}).update({(machine, what): number for what, number in numbers.items()})
    text = HEAD
    for name in sorted(sections):
        text += f"\n[{name}]\n" + "".join(f"{of:16}{what:20}{number:8}\n" for (of, what), number in sorted(sections[name].items()))
    ACCEPTED.write_text(text)


def differences(key, machine, numbers):
    """Sentences about what is not as accepted; None if nothing was, for this key."""
    known = accepted().get(key)
    if known is None:
        return None
    return [f"{what}: {known.get((machine, what), 'nothing')} -> {number}" for what, number in numbers.items()
            if known.get((machine, what)) != number]
