# SPDX-License-Identifier: BSD-2-Clause
"""How much of a long job is done, and about how long the rest takes."""
import threading
import time


def words_of(seconds):
    """A duration, in as many words as it is sure of."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


class Remaining:
    """Says, after each of so many jobs, how many are done and what is left if the others take as long.  Where some are
    done at once, they are counted as they end, so that the estimate holds all the same."""

    def __init__(self, say, total, clock=time.monotonic):
        self.say, self.total, self.clock = say, total, clock
        self.done, self.start, self.lock = 0, clock(), threading.Lock()

    def __call__(self, text):
        with self.lock:
            self.done += 1
            left = self.total - self.done
            passed = self.clock() - self.start
        more = f", about {words_of(passed / self.done * left)} left" if left > 0 else ""
        self.say(f"{text}; {self.done} of {self.total}{more}")
