# SPDX-License-Identifier: BSD-2-Clause
"""Serial ports, line by line: a device, or a URL of python3-serial's such as socket://host:port or rfc2217://host:port."""
import os
import time

from analysis.failure import Exit, Failure

LINE_BYTES_MAX = 4096           # what is longer is noise


class LineReader:
    """Lines of what read_bytes(timeout) returns; whoever inherits says what a port is."""

    def __init__(self, name):
        self.name, self.pending = name, bytearray()

    def read_line(self, timeout):
        """The next line without its end, "" for an empty one; None if none came in time."""
        until = time.monotonic() + timeout
        while True:
            place = next((i for i, byte in enumerate(self.pending) if byte in b"\r\n"), None)
            if place is not None:
                line = bytes(self.pending[:place])
                del self.pending[:place + 1]
                return line.decode("ascii", errors="replace")
            if len(self.pending) > LINE_BYTES_MAX:
                self.pending.clear()
            left = until - time.monotonic()
            if left <= 0:
                return None
            self.pending += self.read_bytes(left)

    def read_bytes(self, timeout):
        raise NotImplementedError

    def write(self, data):
        raise NotImplementedError

    def forget(self):
        """Drops what has come so far: the last boot's."""
        self.pending.clear()

    def close(self):
        pass


class SerialPort(LineReader):
    def __init__(self, url, baud):
        super().__init__(url)
        try:
            import serial
        except ImportError:
            raise Failure(Exit.ERROR, "serial ports need the Debian package python3-serial") from None
        self.error = (serial.SerialException, OSError)
        try:
            self.serial = serial.serial_for_url(url, baudrate=baud, timeout=0.1, exclusive=None if "://" in url else True)
        except ValueError as error:
            raise Failure(Exit.USAGE, f"console port '{url}' at {baud} baud: {error}") from None
        except self.error as error:
            raise Failure(Exit.MACHINE, f"cannot open the console {url}: {self.reason(url, error)}") from None

    @staticmethod
    def reason(url, error):
        if "://" not in url and not os.path.exists(url):
            return "there is no such device; plugged in? `ls /dev/serial/by-id` shows what there is"
        if "://" not in url and not os.access(url, os.R_OK | os.W_OK):
            return "you may not use it: join its group (Debian: dialout), and log in again"
        return str(error)

    def read_bytes(self, timeout):
        try:
            self.serial.timeout = min(timeout, 0.1)
            return self.serial.read(max(1, self.serial.in_waiting))
        except self.error as error:
            raise Failure(Exit.MACHINE, f"the console {self.name} went away: {error}") from None

    def write(self, data):
        try:
            self.serial.write(data)
            self.serial.flush()
        except self.error as error:
            raise Failure(Exit.MACHINE, f"the console {self.name} went away: {error}") from None

    def forget(self):
        super().forget()
        self.serial.reset_input_buffer()

    def close(self):
        self.serial.close()
