# SPDX-License-Identifier: BSD-2-Clause
"""Executes machine code on symbols: every register and every word of memory is a term of z3, every branch that can go
both ways is gone both ways, and what comes out are all the states in which a stretch of code can end.

Memory is objects (a thread, an endpoint, the core, the rest of the image), each a map from an offset to a word; an
address is found to lie in an object by proof, never by guess, and one that lies in none is an error of what is executed.
Writes of registers that the machine itself looks at are logged in order as events.
"""
from dataclasses import dataclass, field

import z3

WORD = 64
REACH = 1 << 16                 # a pointer is taken to be an object's if it is no further away from its start
CHOICES = 8                     # words that one access with a symbolic offset may mean
STEPS = 4000                    # of one path: far more than any has
SOLVER_MS = 60000


class Refused(Exception):
    """The code does what the executor does not know, or what no state that the specification allows can need."""


class Fork(Exception):
    """The path splits before this instruction: the conditions of its parts."""

    def __init__(self, *conditions):
        super().__init__()
        self.conditions = conditions


def value(number, width=WORD):
    return z3.BitVecVal(number, width)


def is_constant(term):
    return z3.is_bv_value(term)


@dataclass
class Object:
    """A piece of memory apart from all others: where it lies and what it holds at first (offset -> term)."""
    name: str
    base: object
    size: int
    initial: dict = field(default_factory=dict)
    array: tuple = ()           # (start, end): the part whose words are reached by index, kept as a z3 array


class State:
    def __init__(self, pc=0):
        self.pc, self.registers, self.special, self.memory, self.arrays = pc, {}, {}, {}, {}
        self.conditions, self.events, self.known, self.trace = [], [], {}, []

    def copy(self):
        other = State(self.pc)
        for name in ("registers", "special", "memory", "arrays", "known"):
            setattr(other, name, dict(getattr(self, name)))
        for name in ("conditions", "events", "trace"):
            setattr(other, name, list(getattr(self, name)))
        return other


class World:
    """The objects that there are, and what is assumed of them."""

    def __init__(self, program):
        self.program, self.objects, self.assumptions = program, {}, []

    def add(self, item):
        self.objects[item.name] = item
        return item

    def assume(self, *terms):
        self.assumptions += terms

    def word(self, name, offset):
        """What an object's word holds at first."""
        item = self.objects[name]
        if offset not in item.initial:
            item.initial[offset] = z3.BitVec(f"{name}+{offset:#x}", WORD)
        return item.initial[offset]

    def array(self, name):
        return z3.Array(f"{name}[]", z3.BitVecSort(WORD), z3.BitVecSort(WORD))


class Executor:
    def __init__(self, world, isa, instructions=None):
        self.world, self.isa = world, isa
        self.instructions = instructions or world.program.instructions
        self.solver = z3.SolverFor("QF_AUFBV")
        self.solver.set("timeout", SOLVER_MS)
        self.solver.add(*world.assumptions)
        self.frames, self.queries, self.named = [], 0, []
        self.idioms = isa.idioms(self) if hasattr(isa, "idioms") else {}

    # ---- asking the solver ----

    def _sync(self, conditions):
        """Makes the solver's frames those of a path, keeping what both begin with."""
        common = 0
        while common < min(len(self.frames), len(conditions)) and self.frames[common] is conditions[common]:
            common += 1
        if len(self.frames) > common:
            self.solver.pop(len(self.frames) - common)
            del self.frames[common:]
        for condition in conditions[common:]:
            self.solver.push()
            self.solver.add(condition)
            self.frames.append(condition)

    def model(self, state, *extra):
        """A model of the path's conditions and some more, or None if there is none."""
        self._sync(state.conditions)
        self.queries += 1
        self.solver.push()
        try:
            self.solver.add(*extra)
            answer = self.solver.check()
            if answer == z3.unknown:
                raise Refused(f"the solver gave up at {state.pc:x}: {self.solver.reason_unknown()}")
            return self.solver.model() if answer == z3.sat else None
        finally:
            self.solver.pop()

    def possible(self, state, *extra):
        return self.model(state, *extra) is not None

    def decide(self, state, condition):
        """True or False if a condition is that on the whole path; a fork if it is not."""
        condition = z3.simplify(condition)
        if z3.is_true(condition) or z3.is_false(condition):
            return z3.is_true(condition)
        if not self.possible(state, condition):
            return False
        if not self.possible(state, z3.Not(condition)):
            return True
        raise Fork(condition, z3.Not(condition))

    # ---- memory ----

    def place(self, state, address):
        """(object, offset as a number or a term) of an address."""
        address = z3.simplify(address)
        found = state.known.get(address.get_id())
        if not found:
            found = (address, *(self._constant_place(address) or self._near_place(address) or
                                self._known_place(state, address) or self._proven_place(state, address)))
            state.known[address.get_id()] = found
        return found[1], found[2]

    @staticmethod
    def _split(address):
        """A sum with a number as (the rest, the number)."""
        if address.decl().kind() == z3.Z3_OP_BADD and address.num_args() == 2 and is_constant(address.arg(0)):
            return address.arg(1), address.arg(0).as_signed_long()
        return address, 0

    def _known_place(self, state, address):
        """From where another address with the same base was proven to lie."""
        rest, more = self._split(address)
        found = state.known.get(("base", rest.get_id()))
        if found and 0 <= found[2] + more < found[1].size:
            return found[1], found[2] + more
        return None

    def _constant_place(self, address):
        if not is_constant(address):
            return None
        number = address.as_long()
        inside = [item for item in self.world.objects.values() if is_constant(item.base) and
                  item.base.as_long() <= number < item.base.as_long() + item.size]
        if not inside:
            return None
        item = min(inside, key=lambda each: each.size)
        return item, number - item.base.as_long()

    def _near_place(self, address):
        for item in self.world.objects.values():
            offset = z3.simplify(address - item.base)
            if is_constant(offset) and offset.as_long() < item.size:
                return item, offset.as_long()
        return None

    def _proven_place(self, state, address):
        model = self.model(state)
        number = model.eval(address, model_completion=True).as_long()
        for item in sorted(self.world.objects.values(), key=lambda each: each.size):
            base = model.eval(item.base, model_completion=True).as_long()
            if not base <= number < base + item.size:
                continue
            equal = address == item.base + value(number - base)
            if not self.possible(state, z3.Not(equal)):
                rest, more = self._split(address)
                state.known["base", rest.get_id()] = (rest, item, number - base - more)
                return item, number - base
            inside = z3.ULT(address - item.base, value(item.size))
            outside = z3.Not(inside)
            if self.possible(state, outside):
                raise Fork(inside, outside)
            return item, z3.simplify(address - item.base)
        raise Refused(f"{state.pc:x}: an access outside of every object: {address} (e.g. {number:#x})")

    def _offsets(self, state, offset):
        """The numbers that a symbolic offset can be, or None if too many."""
        found, known = [], []
        while len(found) <= CHOICES:
            model = self.model(state, *known)
            if model is None:
                return found
            found.append(model.eval(offset, model_completion=True).as_long())
            known.append(offset != value(found[-1]))
        return None

    def _word(self, state, item, offset):
        if (item.name, offset) in state.memory:
            return state.memory[item.name, offset]
        return self.world.word(item.name, offset)

    def _array_index(self, state, item, offset, size):
        start, end = item.array or (0, 0)
        index = offset - value(start)
        wrong = z3.Or(z3.UGE(index, value(end - start)), z3.Extract(2, 0, index) != 0)
        if size != 8 or self.possible(state, wrong):
            raise Refused(f"{state.pc:x}: a symbolic offset in {item.name}: {z3.simplify(offset)}")
        return z3.simplify(z3.LShR(index, 3))

    def load(self, state, address, size):
        """The size bytes at an address, as a term of that width."""
        number = z3.simplify(address)
        if is_constant(number):
            constant = self.world.program.constant(number.as_long(), size)
            if constant is not None:
                return value(constant, size * 8)
        elif (table := self._constant_table(state, number, size)) is not None:
            return table
        item, offset = self.place(state, address)
        if not isinstance(offset, int):
            choices = self._offsets(state, offset)
            if choices is None:
                return self._select(state, item.name, self._array_index(state, item, offset, size))
            result = self._load_at(state, item, choices[0], size)
            for choice in choices[1:]:
                result = z3.If(offset == value(choice), self._load_at(state, item, choice, size), result)
            return result
        return self._load_at(state, item, offset, size)

    def _select(self, state, name, index):
        """What a z3 array holds at an index: what was stored last there, which the path decides, or what it held at first."""
        for stored, term in reversed(state.arrays.get(name, ())):
            if self.decide(state, stored == index):
                return term
        return z3.Select(self.world.array(name), index)

    def array(self, state, name):
        """The z3 array with all that was stored."""
        array = self.world.array(name)
        for index, term in state.arrays.get(name, ()):
            array = z3.Store(array, index, term)
        return array

    def leading_zeros(self, state, term):
        """
        The number of zeros above the highest bit set, as a symbol that is defined by that: easier for a solver than the
        term.  64 for zero.
        """
        key = "leading zeros", term.get_id()
        if key not in state.known:
            zeros = z3.BitVec(f"leading_zeros_{len(self.named)}", WORD)
            self.named.append(term)
            state.known[key] = (term, zeros)
            state.conditions.append(z3.If(term == 0, zeros == 64, z3.And(z3.ULT(zeros, 64), z3.LShR(term, 63 - zeros) == 1)))
        return state.known[key][1]

    def _constant_table(self, state, address, size):
        """An entry of a table in read-only memory whose index the path decides, or None."""
        if state.known.get(address.get_id()):
            return None
        model = self.model(state)
        number = model.eval(address, model_completion=True).as_long()
        constant = self.world.program.constant(number, size)
        if constant is None:
            return None
        if self.possible(state, address != value(number)):
            raise Fork(address == value(number), address != value(number))
        return value(constant, size * 8)

    def _check(self, state, item, offset, size):
        if offset + size > item.size or offset % 8 + size > 8:
            raise Refused(f"{state.pc:x}: {size} bytes at {item.name}+{offset:#x} lie across words")
        if self._in_array(item, offset) and size != 8:
            raise Refused(f"{state.pc:x}: {size} bytes at {item.name}+{offset:#x}, which holds words")

    @staticmethod
    def _in_array(item, offset):
        start, end = item.array or (0, 0)
        return start <= offset < end

    def _load_at(self, state, item, offset, size):
        self._check(state, item, offset, size)
        if self._in_array(item, offset):
            return self._select(state, item.name, value(offset - item.array[0] >> 3))
        low = offset % 8 * 8
        return z3.simplify(z3.Extract(low + size * 8 - 1, low, self._word(state, item, offset & ~7)))

    def store(self, state, address, size, term):
        """Stores the low size bytes of a term."""
        term = z3.simplify(z3.Extract(size * 8 - 1, 0, term)) if term.size() > size * 8 else term
        item, offset = self.place(state, address)
        if isinstance(offset, int):
            self._store_at(state, item, offset, size, term)
            return
        choices = self._offsets(state, offset)
        if choices is None:
            index = self._array_index(state, item, offset, size)
            state.arrays[item.name] = state.arrays.get(item.name, ()) + ((index, term),)
            return
        for choice in choices:
            old = self._load_at(state, item, choice, size)
            self._store_at(state, item, choice, size, z3.If(offset == value(choice), term, old))

    def _store_at(self, state, item, offset, size, term):
        self._check(state, item, offset, size)
        if self._in_array(item, offset):
            state.arrays[item.name] = state.arrays.get(item.name, ()) + ((value(offset - item.array[0] >> 3), term),)
            return
        low, start = offset % 8 * 8, offset & ~7
        if size < 8:
            old = self._word(state, item, start)
            parts = [z3.Extract(63, low + size * 8, old)] if low + size * 8 < 64 else []
            parts += [term] + ([z3.Extract(low - 1, 0, old)] if low else [])
            term = z3.Concat(*parts)
        state.memory[item.name, start] = z3.simplify(term)

    # ---- control ----

    def jump(self, state, address):
        """Goes to a computed address, which the path must decide."""
        address = z3.simplify(address)
        if not is_constant(address):
            model = self.model(state)
            number = value(model.eval(address, model_completion=True).as_long())
            if self.possible(state, address != number):
                raise Fork(address == number, address != number)
            address = number
        state.pc = address.as_long()

    def run(self, start, ends=()):
        """All states in which code that begins in a state can end: at an address of ends, or by leaving the kernel."""
        work, leaves = [start], []
        while work:
            state = work.pop()
            while True:
                if state.pc in ends:
                    leaves.append((state.pc, state))
                    break
                if len(state.trace) > STEPS:
                    raise Refused(f"more than {STEPS} instructions; last at {state.pc:x}")
                instruction = self.instructions.get(state.pc)
                if not instruction:
                    raise Refused(f"no instruction at {state.pc:x}")
                after = state.copy()
                after.trace.append(state.pc)
                after.pc = state.pc + instruction.size
                try:
                    left = self.isa.step(self, after, instruction)
                except Fork as fork:
                    for condition in fork.conditions:
                        part = state.copy()
                        part.conditions.append(condition)
                        if self.possible(part):
                            work.append(part)
                    break
                state = after
                if left:
                    leaves.append(("user", state))
                    break
        return leaves
