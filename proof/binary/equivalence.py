# SPDX-License-Identifier: BSD-2-Clause
"""Whether the assembled fast paths are equal to the C that they replace: both are executed on symbols as they were
linked into one kernel, C through syscall_slow, kernel_syscall and resume, from the same state, and what they leave is
compared by z3, for all values of all registers and of all memory that the specification's rules leave open."""
import z3

from proof.binary import specification
from proof.binary.executor import Executor, State, value

LEFT = "user"


class Difference(Exception):
    """What the two sides do differently, with an example."""


class Check:
    """One kernel's fast paths.  paths: names whose entry label the linked entry jumps to."""

    def __init__(self, program, conventions):
        self.program, self.conventions = program, conventions
        self.world = specification.make_world(program, conventions)
        self.executor = Executor(self.world, conventions)
        self.slow_entry = program.symbols[conventions.SLOW_ENTRY]
        self.slow = {}

    # ---- the two sides ----

    def fast_leaves(self, name):
        """The states in which a fast path ends: (address or LEFT, state)."""
        return [leaf for state in self.at_entry(name) for leaf in self.executor.run(state, (self.slow_entry,))]

    def at_entry(self, name):
        """The states in which the machine's entry reaches a fast path's."""
        start = specification.begin(self.world, self.conventions, self.program.symbols[self.conventions.ENTRY])
        entry = self.program.symbols[f"{self.conventions.PREFIX}{name}.entry"]
        others = {address for symbol, address in self.program.symbols.items() if symbol.endswith(".entry")}
        return [state for end, state in self.executor.run(start, others | {self.slow_entry}) if end == entry]

    def slow_leaves(self, condition):
        """The states in which C ends, from those that satisfy a condition."""
        start = specification.begin(self.world, self.conventions, self.slow_entry, slow=True)
        start.conditions.append(condition)
        leaves = self.executor.run(start)
        return [state for _, state in leaves]

    # ---- comparing ----

    def compare(self, fast, slow):
        """Raises Difference unless two states are equal in all that somebody may rely on, where both conditions hold."""
        differences = list(self.differences(fast, slow))
        conditions = fast.conditions + slow.conditions
        if not differences or not self.executor.possible(_with(fast, conditions), z3.Or(*[term for _, term in differences])):
            return
        for what, term in differences:
            if self.executor.possible(_with(fast, conditions), term):
                raise Difference(what)

    def differences(self, fast, slow):
        """(what, condition under which it differs)."""
        ours, theirs = self.conventions.delivered(fast), self.conventions.delivered(slow)
        for what, term in ours.items():
            yield from _unequal(f"{what} differs", term, theirs[what])
        if [kind for kind, _ in fast.events] != [kind for kind, _ in slow.events]:
            yield "the events differ: %s, C %s" % tuple([kind for kind, _ in s.events] for s in (fast, slow)), z3.BoolVal(True)
        for (kind, mine), (_, other) in zip(fast.events, slow.events):
            yield from _unequal(f"the event '{kind}' differs", mine, other)
        for role, offset in sorted({*fast.memory, *slow.memory}):
            if not specification.void(self.program.layout, role, offset, self.conventions.CURRENT_IN_CORE):
                item = self.world.objects[role]
                yield from _unequal(f"{role}+{offset:#x} differs", *(self.executor._word(s, item, offset) for s in (fast, slow)))
        for name in {*fast.arrays, *slow.arrays}:
            yield f"{name}: the ready queues differ", self.executor.array(fast, name) != self.executor.array(slow, name)
        switched = any(kind == "space" for kind, _ in fast.events)
        for name, (term, before) in self.conventions.others(fast).items():
            allowed = [term == value(0, term.size())] + ([] if switched else [term == before])
            allowed += [term == constant for constant in self.conventions.CONSTANTS.get(name, ())]
            yield f"{name} is not cleared", z3.simplify(z3.Not(z3.Or(*allowed)))

    def declined(self, state):
        """Raises Difference unless a state at syscall_slow is that at the entry, but for the save area."""
        wanted = specification.begin(self.world, self.conventions, self.slow_entry, slow=True)
        layout, differences = self.program.layout, []
        saved = [layout[name] for name in ("thread_pc", "thread_sp", "thread_tls")]
        saved += range(layout["thread_scratch"], layout["thread_scratch"] + 32, 8)
        for name, term in wanted.registers.items():
            if name not in self.conventions.FREE:
                differences += _unequal(f"declined with another {name}", state.registers[name], term)
        for name, term in wanted.special.items():
            if name not in self.conventions.FREE:
                differences += _unequal(f"declined with another {name}", state.special[name], term)
        for role, offset in state.memory:
            if role != "current" or offset not in saved:
                item = self.world.objects[role]
                differences += _unequal(f"declined having written {role}+{offset:#x}", state.memory[role, offset],
                                        self.world.word(role, offset) if item else None)
        if any(state.arrays.values()) or state.events:
            raise Difference("declined after an effect")
        for what, term in differences:
            if self.executor.possible(state, term):
                raise Difference(what)

    def takes_what_it_promises(self, name, leaves):
        """Raises Difference unless the states that the path takes are those of specification.accepts()."""
        promised = specification.accepts(self.world, self.conventions, name)
        taken = z3.Or(*[z3.And(*state.conditions) for end, state in leaves if end == LEFT])
        nothing = State()
        if not self.executor.possible(nothing, promised):
            raise Difference("no state can be accepted: there is nothing that was proved")
        if self.executor.possible(nothing, z3.And(taken, z3.Not(promised))):
            raise Difference("takes what it must leave to C")
        if self.executor.possible(nothing, z3.And(promised, z3.Not(taken))):
            raise Difference("leaves to C what it promises to take")

    def path(self, name, leaves):
        """Checks one path's leaves against C; the number of pairs of states that were compared."""
        pairs = 0
        self.takes_what_it_promises(name, leaves)
        for end, state in leaves:
            if end != LEFT:
                self.declined(state)
        if name not in self.slow:
            self.slow[name] = self.slow_leaves(specification.accepts(self.world, self.conventions, name))
        for end, state in leaves:
            if end == LEFT:
                overlap = [slow for slow in self.slow[name] if self.executor.possible(_with(state, state.conditions + slow.conditions))]
                if not overlap:
                    raise Difference("C has no end for a state that the path takes: nothing was compared")
                for slow in overlap:
                    self.compare(state, slow)
                pairs += len(overlap)
        return pairs


def _with(state, conditions):
    other = state.copy()
    other.conditions = conditions
    return other


def _unequal(what, mine, other):
    """[(what, mine != other)], or nothing if they are the same term."""
    term = z3.simplify(mine != other)
    return [] if z3.is_false(term) else [(what, term)]
