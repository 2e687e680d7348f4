# SPDX-License-Identifier: BSD-2-Clause
"""What may be assumed of the kernel's state when a system call begins: the objects that the paths can reach, and the
rules of kernel/invariant.c about them, for every value of everything that the rules leave open.

The separations: the named objects are apart from each other and from the kernel's image.  Two threads that wait in
different ways, or wait and are ready, are different threads by the invariant; all else is a thread that no path reaches.
"""
import z3

from proof.binary.executor import Object, Refused, State, World, value

THREADS = ("current", "partner", "next", "head")
ALIGNED = {"slot": 6, "endpoint": 6, "notification": 6, "context": 8, **{name: 11 for name in THREADS}}
SLOT_BITS, WORD_BITS, PRIORITY = 6, 64, 0xff


def pointer(name):
    """The address of an object: anything aligned to its size."""
    bits = ALIGNED[name]
    return z3.Concat(z3.BitVec(f"&{name}", WORD_BITS - bits), z3.BitVecVal(0, bits))


def make_world(program, conventions):
    world, layout = World(program), program.layout
    start, length = program.writable()
    for name, bits in ALIGNED.items():
        world.add(Object(name, pointer(name), 1 << bits))
    size, ready = layout["thread_size"], layout["core_ready"]
    world.add(Object("nobody", value(program.symbols["nobody"]), size))
    world.add(Object("senders", value(program.symbols["senders"]), size))
    world.add(Object("core", value(program.symbols["core"]), layout["core_size"], array=(ready, ready + 256 * 16)))
    world.add(Object("image", value(start), length))
    separate(world, start, length)
    Rules(world, conventions).state()
    return world


def separate(world, start, length):
    bases = [world.objects[name].base for name in ALIGNED]
    world.assume(z3.Distinct(*[z3.Extract(63, 11, base) for base in bases]))
    for base in bases:
        world.assume(base < 0, z3.Or(z3.ULT(base, value(start - 4096)), z3.UGE(base, value(start + length))))


class Rules:
    """The rules of kernel/invariant.c, each for one object."""

    def __init__(self, world, conventions):
        self.world, self.conventions, self.layout = world, conventions, world.program.layout

    def word(self, name, member):
        return self.world.word(name, self.layout[member])

    def half(self, name, member, bits=16):
        offset = self.layout[member]
        low = offset % 8 * 8
        return z3.Extract(low + bits - 1, low, self.world.word(name, offset & ~7))

    def base(self, name):
        return self.world.objects[name].base

    def gate(self, name, bit):
        return z3.Extract(63, 32, self.word(name, "thread_gate")) & self.layout[bit] != 0

    def assume(self, *terms):
        self.world.assume(*terms)

    def state(self):
        for mark in ("nobody", "senders"):
            self.assume(self.gate(mark, "gate_nobody"))
        for name in ("current", "partner"):
            self.thread(name)
        self.current()
        self.capability()
        self.endpoint()
        self.partner()
        self.notification()
        self.core()
        self.ready()
        self.timer()

    def thread(self, name):
        gate = self.word(name, "thread_gate")
        self.assume(z3.Extract(31, 8, gate) == 0, z3.Not(self.gate(name, "gate_off")), z3.Not(self.gate(name, "gate_nobody")))
        self.assume(self.gate(name, "gate_holds") == (self.word(name, "thread_held") != 0))
        self.assume(self.half(name, "thread_ready") == 0)
        self.assume(z3.Implies(self.half(name, "thread_in_fault") != 0, z3.Extract(63, 32, gate) != 0))
        self.assume(self.gate(name, "gate_fpu") == (self.word("core", "core_fpu_owner") == self.base(name)))
        self.assume(z3.Implies(z3.Not(self.gate(name, "gate_stale")), self.word(name, "thread_space") != 0))

    def current(self):
        """It runs: it waits for nothing, and the core has the context that it runs on, which is not spent."""
        self.assume(self.word("current", "thread_waits") == 0, self.word("current", "thread_held") == 0)
        self.assume(self.half("current", "thread_in_fault") == 0, z3.Not(self.gate("current", "gate_stale")))
        self.assume(self.word("core", "core_context") == self.base("context"))
        self.assume(self.word("context", "context_holder") == 0, self.half("context", "context_queued", 32) == 0)
        caller = self.word("current", "thread_caller")
        self.assume(z3.Or(caller == self.base("nobody"), caller == self.base("partner")))

    def capability(self):
        """The slot that the address names, if it lies in the root CNode; only an endpoint's has an endpoint's rights."""
        address, mask = self.conventions.user("badge"), self.word("current", "thread_cnode_mask")
        index = (address & mask) << SLOT_BITS
        self.world.objects["current"].initial[self.layout["thread_cnode"]] = self.base("slot") - index
        self.assume(self.base("slot") - index != 0)
        rights = self.half("slot", "cap_rights", 32)
        self.assume(rights & self.layout["right_handle"] == 0)          # whose call is acknowledge's, a path of its own
        names = rights & (self.layout["right_send"] | self.layout["right_receive"]) != 0
        self.assume(z3.Implies(names, self.word("slot", "cap_object") == self.base("endpoint") + value(self.layout["kind_endpoint"])))

    def endpoint(self):
        receiver, sender = self.word("endpoint", "endpoint_receiver"), self.word("endpoint", "endpoint_sender")
        choices = [self.base(name) for name in ("nobody", "senders", "partner")]
        self.assume(z3.Or(*[receiver == choice for choice in choices]))
        self.assume((receiver == self.base("senders")) == (sender != self.base("nobody")))

    def partner(self):
        """Who waits: as the first receiver of the endpoint, or for the current thread's answer."""
        waits, following = self.word("partner", "thread_waits"), self.word("partner", "thread_next")
        receives = waits == self.base("endpoint") + value(self.layout["kind_endpoint"])
        awaits = waits == self.base("current")
        self.assume(z3.Or(receives, awaits))
        self.assume((self.word("endpoint", "endpoint_receiver") == self.base("partner")) == receives)
        self.assume((self.word("current", "thread_caller") == self.base("partner")) == awaits)
        self.assume(z3.Implies(receives, z3.And(self.word("partner", "thread_caller") == self.base("nobody"),
                                                self.half("partner", "thread_in_fault") == 0,
                                                z3.Not(self.gate("partner", "gate_bereft")))))
        self.assume(z3.Implies(receives, z3.Or(following == self.base("nobody"), following == self.base("next"))))

    def notification(self):
        bound = self.word("current", "thread_bound")
        pending = z3.And(bound != 0, self.word("notification", "notification_bits") != 0)
        self.assume(z3.Or(bound == 0, bound == self.base("notification")))
        self.assume(self.gate("current", "gate_notified") == pending)

    def core(self):
        """The address space that is loaded is the current thread's; the FPU is on for its owner alone."""
        enabled = self.half("core", "core_fpu_enabled", 8)
        owner = self.word("core", "core_fpu_owner") == self.base("current")
        self.assume(enabled == z3.If(owner, z3.BitVecVal(1, 8), z3.BitVecVal(0, 8)))
        self.assume(*self.conventions.machine_rules(self))

    def variable(self, *names, bits=64):
        """What a variable of C's holds at first: the first of several (symbol, offset) that the linked file has."""
        for symbol, more in names:
            if symbol in self.world.program.symbols:
                offset = self.world.program.symbols[symbol] + more - self.base("image").as_long()
                low = offset % 8 * 8
                return z3.Extract(low + bits - 1, low, self.world.word("image", offset & ~7))
        raise Refused(f"the kernel has no variable {names[0][0]}")

    def timer(self):
        """Who runs pays, and no time has to be looked for.  What the timer is set to is left open: budgets change it."""
        self.assume(self.word("core", "core_charged") == self.word("core", "core_context"))
        self.assume(self.half("core", "core_retime", 8) == 0)

    def ready(self):
        """The map of ready priorities, the limit, and the queue of the partner's priority."""
        offset = self.layout["core_ready_map"]
        ready = z3.Concat(*[self.world.word("core", offset + 8 * word) for word in (3, 2, 1, 0)])
        limit, wide = self.word("core", "core_limit"), lambda term: z3.ZeroExt(192, term)
        self.assume(z3.ULE(limit, value(PRIORITY)))
        self.assume(z3.Or(z3.And(ready == 0, limit == PRIORITY), z3.LShR(ready, wide(value(PRIORITY) - limit)) == 1))
        priority = value(PRIORITY) - (self.word("partner", "thread_gate") & value(PRIORITY))
        queue = self.world.array("core")
        first, last = z3.Select(queue, priority * 2), z3.Select(queue, priority * 2 + 1)
        self.assume(z3.Or(first == 0, first == self.base("head")))
        self.assume((first == 0) == (z3.Extract(0, 0, z3.LShR(ready, wide(priority))) == 0))
        self.assume((first == 0) == (last == 0), self.word("head", "thread_prev") == 0)


def begin(world, conventions, address, slow=False):
    state = State(address)
    conventions.begin(world, state, slow)
    return state


def accepts(world, conventions, path):
    """What a fast path promises to take itself: a bare message, to who waits, between two plain threads."""
    layout, rules = world.program.layout, Rules(world, conventions)
    right, tag = {"call": ("right_send", "tag_call"), "reply_recv": ("right_receive", "tag_reply_recv")}[path]
    partner = rules.base("partner")
    receiver, caller = rules.word("endpoint", "endpoint_receiver"), rules.word("current", "thread_caller")
    there = receiver == partner if path == "call" else z3.And(receiver == rules.base("nobody"), caller == partner)
    return z3.And(z3.Extract(15, 0, conventions.user("tag")) == layout[tag],
                  z3.ULE(conventions.user("badge"), rules.word("current", "thread_cnode_mask")),
                  rules.half("slot", "cap_rights", 32) & layout[right] != 0, there,
                  z3.Extract(63, 32, rules.word("current", "thread_gate")) == 0,
                  z3.ULE(rules.word("partner", "thread_gate"), rules.word("core", "core_limit")))


def void(layout, role, offset, in_core):
    """Why a word may differ, or None."""
    def within(member, size=8):
        return layout[member] <= offset < layout[member] + size

    if role == "image":
        return "the kernel stack, whose content no entry relies on, and C's own variables of one system call"
    if role in THREADS and within("thread_registers", 80):
        return "the message of an ipc context is in the processor's registers, or was delivered"
    if role in THREADS and within("thread_scratch", 32):
        return "the trap entry's scratch space"
    if role in ("current", "partner") and (within("thread_prev") or within("thread_ready_next")):
        return "links of queues that the thread is not in, or is the first of"
    if role == "partner" and within("thread_next"):
        return "the next waiter of a thread that does not wait"
    if role == "core" and within("core_current") and not in_core:
        return "valid inside C alone"
    return None
