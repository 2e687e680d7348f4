# SPDX-License-Identifier: BSD-2-Clause
"""The little that is needed of an ELF file (64 bit, little endian): symbols, and the bytes of a section."""
import struct

from analysis.failure import Exit, Failure

SYMBOL_TABLE = 2
NO_BITS = 8


class Elf:
    def __init__(self, path):
        try:
            self.data = path.read_bytes()
            if self.data[:6] != b"\x7fELF\x02\x01":
                raise ValueError("not a 64-bit little-endian ELF file")
            self.headers = self._headers()
        except (OSError, ValueError, struct.error) as error:
            raise Failure(Exit.ERROR, f"{path.name}: {error}") from None

    @property
    def entry(self):
        """The address of the first instruction."""
        return struct.unpack_from("<Q", self.data, 0x18)[0]

    def _headers(self):
        """Section headers as (name, type, offset, size, link), the name still an offset in the first pass."""
        offset, = struct.unpack_from("<Q", self.data, 0x28)
        size, count, names = struct.unpack_from("<HHH", self.data, 0x3a)
        raw = [struct.unpack_from("<IIQQQQI", self.data, offset + i * size) for i in range(count)]
        text = raw[names][4]
        return [(self._string(text + name), kind, start, length, link) for name, kind, _, _, start, length, link in raw]

    def _string(self, offset):
        return self.data[offset:self.data.index(b"\0", offset)].decode()

    def section(self, name):
        """The bytes of a section; empty if there is none."""
        for header in self.headers:
            if header[0] == name and header[1] != NO_BITS:
                return self.data[header[2]:header[2] + header[3]]
        return b""

    def symbols(self):
        """All named symbols, {name: address}."""
        found = {}
        for _, kind, start, length, link in self.headers:
            if kind != SYMBOL_TABLE:
                continue
            strings = self.headers[link][2]
            for offset in range(start, start + length, 24):
                name, _, _, section, address = struct.unpack_from("<IBBHQ", self.data, offset)
                if name and section:
                    found[self._string(strings + name)] = address
        return found

    def kernel_places(self):
        """Sorted (address, name) of what a kernel's instructions are counted by: steps of fast paths, functions, labels of
        the entry.  One an address: where a fast path that is not built stands for the slow path, it is that."""
        found = {}
        for name, address in self.symbols().items():
            if address >> 63 and not name.startswith((".L", "$")):
                found[address] = max(found.get(address, name), name, key=lambda one: ("." not in one, one))
        return sorted(found.items())
