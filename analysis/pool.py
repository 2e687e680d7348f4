# SPDX-License-Identifier: BSD-2-Clause
"""Boots several machines at once, each on a processor of its own, and stops all of them when one fails or the user asks."""
import signal
from concurrent.futures import ThreadPoolExecutor

from analysis import emulator

AT_ONCE = 2


def interrupt(*_):
    raise KeyboardInterrupt


def run_all(function, jobs):
    """Runs function(job) for every job, some at a time; yields the results in the jobs' order."""
    signal.signal(signal.SIGTERM, interrupt)            # so that no machine outlives this program
    emulator.stopping.clear()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(function, job) for job in jobs]
        try:
            for future in futures:
                yield future.result()
        except BaseException:
            emulator.stopping.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
