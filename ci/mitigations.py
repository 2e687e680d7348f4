# SPDX-License-Identifier: BSD-2-Clause
"""Whether mitigations (docs/mitigations.md) are what the kernel says: chosen by the command line, refused in one line where
they are not there, reported as boards/ has them; and, with isolation, what of the kernel a user program's page tables have."""
import re
import subprocess

import debugger
from result import FAILED, Result, of_problems

from analysis import build, debug, elf, emulator, machines, paths, pool
from analysis.failure import Failure

SECONDS = 30
WORDS = "filter=a_badge"
ISOLATED = "qemu-x86_64-isolated"
NAMES = tuple(re.findall(r"^MITIGATION\((\w+)", (paths.ROOT / "kernel" / "mitigation.def").read_text(), re.M))
REFUSED = {                             # words of the command line -> the panic
    "kite.isolation=maybe": "kite.isolation on the command line: it can be auto, off or on",
    "kite.mitigations": "kite.mitigations on the command line: it can be auto, off or on",
    "kite.buffers=on": "kite.buffers=on on the command line: not available on this machine",
}
# What changes the privilege or the address space on x86_64, but for what stands in the trampoline itself.
EXIT = re.compile(r"^\s*([0-9a-f]+):\s+(sysretq|iretq|mov\w*\s+%\w+, %cr3)")
SWITCHES = ("guard_", "trap_stubs", "trap_entry", "trap_from_kernel")       # labels whose code knows which tables are loaded
IN_KERNEL = ("arch_space_activate", "arch_tlb_invalidate_tag", "tables_init", "start_multiboot2", "floor_trap")
SITE_BYTES = 12                         # from a site to the end of the exit behind it
MAPPED = re.compile(r"^([0-9a-f]{16})-([0-9a-f]{16}) [0-9a-f]{16} (\S+)\r?$", re.M)


# ---- what can be told from the linked kernel ----

def symbols_of(preset):
    """{name: address} of a built kernel."""
    lines = (paths.preset_directory(preset) / "kernel.sym").read_text().splitlines()
    return {words[2]: int(words[0], 16) for words in map(str.split, lines) if len(words) == 3}


def sites_of(preset, symbols):
    """The addresses of arch/x86_64/exit.h's table."""
    section = elf.Elf(paths.preset_directory(preset) / "kernel.elf").section(".rodata")
    start = symbols["exit_sites"] - symbols["kernel_text_end"]
    table = section[start:start + symbols["exit_sites_end"] - symbols["exit_sites"]]
    return [int.from_bytes(table[at:at + 8], "little") for at in range(0, len(table), 16)]


def exit_problems(text, sites):
    """Sentences about exits and address-space writes of kernel.asm that boot would not replace."""
    label, found = "", 0
    for line in text.splitlines():
        if start := re.match(r"^[0-9a-f]+ <([\w.$]+)>:$", line):
            label = start[1]
        elif (exit := EXIT.match(line)) and not label.startswith(SWITCHES) and label not in IN_KERNEL:
            found += 1
            if label != "syscall_null" and not any(0 <= int(exit[1], 16) - site < SITE_BYTES for site in sites):
                yield f"{label} has {exit[2]} where no site is"
    if found < 8:
        yield f"only {found} exits found"


def linked(say):
    name = "mitigations/boot can replace every exit and every load of an address space on x86_64"
    preset = machines.all_machines()[ISOLATED].preset()
    build.build(preset, say=say)
    text = (paths.preset_directory(preset) / "kernel.asm").read_text()
    return of_problems(name, exit_problems(text, sites_of(preset, symbols_of(preset))))


# ---- what is mapped ----

def mapped_problems(output, symbols):
    """Sentences about QEMU's list of what the loaded page tables map, in the last instruction before user space."""
    def page(address):
        return address & ~0xfff

    wanted = {(symbols["kernel_text_start"], page(symbols["trampoline_end"] + 0xfff), "-r-"),
              (symbols["trampoline_data"], symbols["trampoline_data_end"], "-rw")}
    found = {(int(start, 16), int(end, 16), rights) for start, end, rights in MAPPED.findall(output)}
    kernel = {entry for entry in found if entry[0] >> 47}
    if len(found) == len(kernel):
        yield "no user program is mapped"
    for start, end, rights in sorted(kernel - wanted):
        yield f"mapped beside the trampoline: {start:x} to {end:x} {rights}"
    for start, end, rights in sorted(wanted - kernel):
        yield f"not mapped: {start:x} to {end:x} {rights}"


def mapped(say):
    name = "mitigations/an isolated program's page tables have the trampoline and nothing else of the kernel"
    machine = machines.all_machines()[ISOLATED]
    say(f"page tables of {ISOLATED}")
    build.build(machine.preset("debug"), say=say)
    text = (paths.preset_directory(machine.preset("debug")) / "kernel.asm").read_text()
    last = re.search(r"<guard_leave_isolated>:\n(?:.*\n)*?\s*([0-9a-f]+):\s+sysretq", text)[1]
    commands = (f"hbreak *0x{last}", "continue", "monitor info mem")
    code, output, errors = debugger.kite("debug", ISOLATED, "-q", "--append", WORDS,
                                         *[word for command in commands for word in ("-x", command)])
    problems = list(mapped_problems(output + errors, symbols_of(machine.preset("debug"))))
    if code:
        problems.append(f"gdb ended with {code}: {errors[-500:]}")
    return of_problems(name, problems)


# ---- buffers ----

def with_buffers(words):
    """The exits with verw, on a processor of which gdb says, before the kernel decides, that it has what no emulator has."""
    name = f"mitigations/tests pass with {words} on a processor with MD_CLEAR"
    machine = machines.all_machines()["qemu-x86_64"]
    directory = emulator.run_directory(machine, "buffers")
    socket = directory / "gdb"
    command = machine.boot_command(machine.preset("debug"), paths.preset_directory(machine.preset("debug")) / "tests.cpio",
                                   f"{words} filter=space")
    command += ["-S", "-gdb", f"unix:{socket},server=on,wait=off"]
    gdb = [debug.GDB, "-q", "-nx", "-batch"]
    connect = debug.WAIT.format(socket=socket).replace("\n", "\\n").replace("'", "\\'")
    for line in ("set architecture i386:x86-64", f"python import time; exec('{connect}')", "hbreak weakness_find", "continue",
                 "set ((struct processor_words *)$rdi)->features_edx |= 1 << 10", "delete", "detach"):
        gdb += ["-ex", line]
    debugger_process = subprocess.Popen([*gdb, str(paths.preset_directory(machine.preset("debug")) / "kernel.elf")],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        text, parsed = emulator.run(machine, command, directory, SECONDS)
    except (OSError, Failure) as failure:
        return Result(name, FAILED, str(failure))
    finally:
        debugger_process.kill()
        debugger_process.wait()
    problems = [] if re.search("kite: mitigation buffers on", text) else ["it is not on"]
    if not parsed.done or not parsed.done[0] or parsed.done[1]:
        problems.append(f"the test program says: done {parsed.done}")
    return of_problems(name, problems + [emulator.show_last(text)] * bool(problems))


# ---- what is said ----

def reported_problems(text, mitigations):
    """Sentences about the kernel's lines, which must be those of a machine's entry in boards/."""
    said = dict(re.findall(r"kite: mitigation (\w+) (on|off)", text))
    if tuple(said) != NAMES:
        yield f"it reports {', '.join(said) or 'nothing'}, not {', '.join(NAMES)}"
    is_on = ", ".join(name for name in said if said[name] == "on") or "none"
    if is_on != mitigations:
        yield f"on are: {is_on}; boards/ says: {mitigations}"


def reported(machine):
    name = f"mitigations/{machine.name} reports those that its entry in boards/ has"
    try:
        text, _ = emulator.boot(machine, machine.preset("debug"), "tests.cpio", WORDS, SECONDS)
    except Failure as failure:
        return Result(name, FAILED, str(failure))
    return of_problems(name, reported_problems(text, machine.mitigations))


def refused(job):
    machine, words = job
    name = f"mitigations/{machine.name} refuses {words} in one line"
    directory = emulator.run_directory(machine, "mitigations")
    command = machine.boot_command(machine.preset("debug"), paths.preset_directory(machine.preset("debug")) / "tests.cpio", words)
    try:
        text, ending = emulator.watch(command, directory, SECONDS)
    except (OSError, Failure) as error:
        return Result(name, FAILED, str(error))
    panics = re.findall("^(?:.*ROM\\.\\.)?kernel panic: (.*)", text.replace("\r", ""), re.M)
    wanted = [REFUSED[words]]
    return of_problems(name, [f"it says {panics}, not {wanted}"] * (panics != wanted) + [f"the machine {ending}"] * bool(ending))


def group(chosen, say):
    mains = [machine for machine in chosen if machine.main]
    if any(machine.arch == "x86_64" for machine in chosen):
        yield linked(say)
        yield mapped(say)
        yield from map(with_buffers, ("kite.buffers=on", "kite.buffers=on kite.isolation=on"))
    say("mitigations reported and refused")
    for machine in mains:
        build.build(machine.preset("debug"), say=say)
    isolated = [machine for machine in chosen if machine.name == ISOLATED]
    yield from pool.run_all(reported, mains + isolated)
    yield from pool.run_all(refused, [(machine, words) for machine in mains for words in REFUSED])
