# SPDX-License-Identifier: BSD-2-Clause
"""The wire between a board and the laboratory: what is damaged, lost or said twice arrives all the same, and nothing that came
in damaged is ever taken for a sample."""
import threading

import pytest
from fake_board import FakeBoard, Truth

from analysis.board import control, description, session, wire
from analysis.failure import Exit, Failure

IMAGE = control.Image(None, None, "", "a")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(session, "REPEAT", 0.05)


def boot(board, silence=2.0):
    board.start(IMAGE)
    try:
        return session.Session(board.open(), "fake", "a", silence).run()
    finally:
        board.close()


def failure(board, silence=0.5):
    with pytest.raises(Failure) as caught:
        boot(board, silence)
    return caught.value


def test_a_line_that_was_sealed_opens_and_a_changed_one_does_not():
    line = wire.sealed("#1f 2 1a2 1a3").decode().rstrip()
    assert wire.parse(line) == wire.Line(0x1f, "line", 2, "1a2 1a3")
    for place in range(len(line)):
        for bit in range(7):
            changed = line[:place] + chr(ord(line[place]) ^ 1 << bit) + line[place + 1:]
            assert wire.parse(changed) is None, changed


def test_the_sum_is_the_one_that_the_program_computes():
    """A line as bench/guest/link.c printed it."""
    assert wire.parse("#0 end 1 ~bcbb25d1") == wire.Line(0, "end", 1)
    assert wire.ok(0) == b"!0 ok ~cae08050\n"


@pytest.mark.parametrize("text", ["", "#", "#0 end ~", "#0 end 1", "hello", "#0 end 1 ~bcbb25d2", "#zz 0 x ~00000000", "~"])
def test_what_is_no_line_is_none(text):
    assert wire.parse(text) is None


def test_a_quiet_line_needs_no_request():
    got = boot(FakeBoard(Truth(1)))
    assert (got.damaged, got.asked, got.cases, len(got.series)) == (0, 0, 2, 2)


@pytest.mark.parametrize("flips, lost", [(0.002, 0.0), (0.0, 0.1), (0.003, 0.05)])
def test_a_noisy_line_brings_every_sample_as_it_was(flips, lost):
    truth = Truth(1)("a", 1)
    got = boot(FakeBoard(Truth(1), description.Noise(flips, lost, seed=7)), silence=20)
    assert got.asked > 0 and (got.damaged > 0 or not flips)
    assert [list(series.samples) for series in got.series] == [[int(value) for value in values] for values in truth.values()]


def test_a_line_beyond_help_ends_with_75_and_says_so():
    class Damaging(FakeBoard):
        """Everything but the ends of blocks comes in damaged."""
        def start(self, image):
            super().start(image)
            passes = self.guest.out.passes
            self.guest.out.passes = lambda data: passes(data).replace(b"case", b"cave")

    hopeless = failure(Damaging(Truth(1)))
    assert hopeless.code == Exit.MACHINE and "damages nearly everything" in str(hopeless)


def test_a_board_that_babbles_without_end_ends_with_75():
    class Babbling(FakeBoard):
        def start(self, image):
            import threading
            import time
            self.over = False

            def babble():
                while not self.over:
                    self.memory.coming.put(b"U-Boot: retrying\n")
                    time.sleep(0.01)
            threading.Thread(target=babble, daemon=True).start()

        def close(self):
            self.over = True

    found = failure(Babbling(Truth(1)))
    assert found.code == Exit.MACHINE and "boot loader" in str(found) and "retrying" in str(found)


def test_a_board_that_reboots_in_the_middle_ends_with_75():
    found = failure(FakeBoard(Truth(1), mischief=lambda boot: "reboots"))
    assert found.code == Exit.MACHINE and "began anew in the middle" in str(found)


def test_a_board_that_falls_silent_ends_with_75():
    found = failure(FakeBoard(Truth(1), mischief=lambda boot: "falls_silent"))
    assert found.code == Exit.MACHINE and "silent for 0.5 seconds, after 1 series" in str(found)


def test_a_board_that_never_says_anything_ends_with_75_and_what_to_look_at():
    class Dead(FakeBoard):
        def start(self, image):
            pass
    found = failure(Dead(Truth(1)))
    assert found.code == Exit.MACHINE and "is it powered" in str(found)


def test_a_board_that_panics_ends_with_6_and_shows_its_last_words():
    found = failure(FakeBoard(Truth(1), mischief=lambda boot: "panics"))
    assert found.code == Exit.BENCHMARK and "a made-up one" in str(found)


def test_another_image_ends_with_75_and_says_so():
    found = failure(FakeBoard(Truth(1), token="other"))
    assert found.code == Exit.MACHINE and "another image" in str(found) and "kite board image" in str(found)


def test_a_board_that_counts_nothing_ends_with_6():
    assert failure(FakeBoard(Truth(1), counters="")).code == Exit.BENCHMARK


def test_no_case_at_all_is_a_usage_error():
    assert failure(FakeBoard(lambda token, boot: {})).code == Exit.USAGE


def test_samples_that_do_not_add_up_end_with_6():
    with pytest.raises(Failure) as caught:
        session.parse_series(["case system/null stub=inline counter=cycles batch=16 samples=9", "1 2 3"])
    assert caught.value.code == Exit.BENCHMARK and "9 samples and sent 3" in str(caught.value)


def test_no_thread_of_a_board_is_left():
    before = threading.active_count()
    boot(FakeBoard(Truth(1)))
    assert threading.active_count() == before
