# SPDX-License-Identifier: BSD-2-Clause
"""Commands for gdb that show a stopped Kite kernel: threads, CSpaces, endpoints, the trace ring.

`kite debug MACHINE` loads this; by hand: (gdb) source analysis/gdb/kite.py.  It reads a kernel with debugging
information by the names of its structures; what numbers mean it takes from the kernel's own enums.  Runs in gdb's Python.
"""
import gdb

KIND_MASK = 63
GATE_SHIFT, PRIORITY_MASK = 32, 255
SLOTS_MAX, WAITERS_MAX, THREADS_MAX = 1 << 18, 1000, 100000      # of a structure that is broken: no loop without end


def constants(enum, prefix):
    """{number: name} of an enum of the kernel."""
    return {field.enumval: field.name[len(prefix):] for field in gdb.lookup_type(f"enum {enum}").fields()
            if field.name.startswith(prefix)}


def pointer(address, struct):
    return gdb.Value(address).cast(gdb.lookup_type(f"struct {struct}").pointer())


def number(value):
    return int(value) & (1 << 64) - 1


def symbol(name):
    return gdb.parse_and_eval(name)


def address_of(word, default, struct):
    """The pointer that a command's argument is, or a default."""
    return pointer(number(gdb.parse_and_eval(word)), struct) if word else default


def nobody():
    """The marks of an empty place."""
    return {number(symbol("&nobody")), number(symbol("&senders"))}


def threads():
    thread, count = symbol("core.threads"), 0
    while number(thread) and count < THREADS_MAX:
        yield thread
        thread, count = thread["all_next"], count + 1


def gate_names(thread):
    names = constants("gate_bit", "GATE_BIT_")
    bits = number(thread["gate"]) >> GATE_SHIFT
    return " ".join(name for bit, name in sorted(names.items()) if bits >> bit & 1)


def waiting(thread):
    """What a thread waits for, in words."""
    word = number(thread["waits"])
    if not word:
        return ""
    kind, where = word & KIND_MASK, f"{word & ~KIND_MASK:#x}"
    kinds = constants("object_kind", "OBJECT_")
    if kind == 0:
        return f"answer of {where}"
    if kind & 32:
        return f"to send at {kinds[kind & ~32]} {where}"
    return f"{kinds.get(kind, kind)} {where}"


def state(thread):
    if number(thread) == number(symbol("core.current")):
        return "current"
    return "ready" if int(thread["ready"]) else "waits" if number(thread["waits"]) else "-"


class Kite(gdb.Command):
    """Shows a stopped Kite kernel.  See: help kite"""

    def __init__(self):
        super().__init__("kite", gdb.COMMAND_DATA, prefix=True)


class Threads(gdb.Command):
    """kite threads: every thread, with its priority, state, pc, gate bits and what it waits for."""

    def __init__(self):
        super().__init__("kite threads", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        print(f"{'thread':18} {'prio':>4} {'state':8} {'pc':18} {'gate':24} waits for")
        count = 0
        for thread in threads():
            priority = PRIORITY_MASK - (number(thread["gate"]) & PRIORITY_MASK)
            print(f"{number(thread):#018x} {priority:4} {state(thread):8} {number(thread['pc']):#018x} "
                  f"{gate_names(thread):24} {waiting(thread)}".rstrip())
            count += 1
        print(f"{count} threads")


class CSpace(gdb.Command):
    """kite cspace [THREAD]: the capabilities in a thread's root CNode; the current thread's if none is named."""

    def __init__(self):
        super().__init__("kite cspace", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        thread = address_of(argument, symbol("core.current"), "thread")
        if not number(thread):
            raise gdb.GdbError("there is no current thread here; name one: kite cspace 0x...")
        if not number(thread["cnode"]):
            raise gdb.GdbError("that thread has no CSpace")
        kinds, mask = constants("object_kind", "OBJECT_"), number(thread["cnode_mask"])
        print(f"{'slot':>6} {'kind':14} {'object':18} {'badge':>18} {'rights':>8} depth")
        for index in range(min(mask + 1, SLOTS_MAX)):
            slot = thread["cnode"][index]
            word = number(slot["object"])
            if word:
                print(f"{index:6} {kinds.get(word & KIND_MASK, '?'):14} {word & ~KIND_MASK:#018x} {number(slot['badge']):#18x} "
                      f"{int(slot['rights']):#8x} {int(slot['depth']):5}")


def endpoints():
    """Addresses of all endpoints that somebody has a capability to in a root CNode, or waits at."""
    endpoint_kind = next(number_ for number_, name in constants("object_kind", "OBJECT_").items() if name == "endpoint")
    found, seen = [], set()
    for thread in threads():
        if number(thread["waits"]) & 31 == endpoint_kind:
            found.append(number(thread["waits"]) & ~KIND_MASK)
        root = number(thread["cnode"])
        if not root or root in seen:
            continue
        seen.add(root)
        for index in range(min(number(thread["cnode_mask"]) + 1, SLOTS_MAX)):
            word = number(thread["cnode"][index]["object"])
            if word & KIND_MASK == endpoint_kind:
                found.append(word & ~KIND_MASK)
    return list(dict.fromkeys(found))


def queue(first):
    """Addresses of the threads of a queue."""
    marks, out = nobody(), []
    while number(first) not in marks and len(out) < WAITERS_MAX:
        out.append(f"{number(first):#x}")
        first = first["next"]
    return " ".join(out) or "-"


class Endpoints(gdb.Command):
    """kite endpoints: the endpoints that threads can name or wait at, and who waits there."""

    def __init__(self):
        super().__init__("kite endpoints", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        print(f"{'endpoint':18} receivers | senders")
        for address in endpoints():
            endpoint = pointer(address, "endpoint")
            print(f"{address:#018x} {queue(endpoint['receiver'])} | {queue(endpoint['sender'])}")


class Trace(gdb.Command):
    """kite trace [COUNT]: the newest entries of the trace ring, 32 if no number is given."""

    def __init__(self):
        super().__init__("kite trace", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        wanted = int(gdb.parse_and_eval(argument)) if argument else 32
        ring, names = symbol("trace_ring"), constants("trace_event", "TRACE_")
        count, size = number(ring["count"]), ring["entry"].type.range()[1] + 1
        for index in range(max(0, count - min(wanted, size)), count):
            entry = ring["entry"][index % size]
            print(f"{number(entry['time']):14} {number(entry['thread']):#018x} {names.get(number(entry['event']), '?'):10} "
                  f"{number(entry['word'][0]):#x} {number(entry['word'][1]):#x}")


for command in (Kite, Threads, CSpace, Endpoints, Trace):
    command()
