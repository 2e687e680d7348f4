# SPDX-License-Identifier: BSD-2-Clause
"""`kite trace`: from the kernel's lines to a viewer's document."""
import pytest

from analysis import deflist, trace
from analysis.failure import Exit, Failure

LINES = """\
trace-clock 10000000
trace-event 100 ffffffc000001000 leave next=ffffffc000001000 pc=400000
trace-event 200 ffffffc000001000 syscall tag=30000 capability=8c
trace-event 230 ffffffc000001000 error error=1 tag=30000
trace-event 260 ffffffc000001000 leave next=ffffffc000002000 pc=400010
trace-event 300 ffffffc000002000 fault kind=1 address=dead
trace-event 310 ffffffc000002000 answer to=ffffffc000001000 none=0
trace-event 350 ffffffc000002000 leave next=ffffffc000001000 pc=400000
halt 0""".splitlines()


def document():
    return trace.chrome(*trace.parse(LINES), trace.names_of_lists(), trace.entering_events())["traceEvents"]


def test_entry_and_leaving_become_one_slice_in_microseconds():
    slices = [event for event in document() if event["ph"] == "X"]
    assert [(event["name"], event["ts"], event["dur"]) for event in slices] == [
        ("call", pytest.approx(20), pytest.approx(6)), ("fault: page", pytest.approx(30), pytest.approx(5))]
    assert slices[0]["args"]["capability"] == "0x8c" and slices[0]["args"]["next"] == "0xffffffc000002000"


def test_what_happens_between_is_an_instant_on_its_thread():
    instants = [event for event in document() if event["ph"] == "i"]
    assert [(event["name"], event["tid"]) for event in instants] == [("no_cap", 1), ("answer", 2)]
    assert "none" not in instants[1]["args"]


def test_each_thread_has_a_name():
    names = [event["args"]["name"] for event in document() if event["name"] == "thread_name"]
    assert names == ["thread ffffffc000001000", "thread ffffffc000002000"]


@pytest.mark.parametrize("lines", ([], LINES[1:], LINES[:1]))
def test_no_trace_is_a_failure(lines):
    with pytest.raises(Failure) as caught:
        trace.parse(lines)
    assert caught.value.code == Exit.MACHINE


def test_every_trace_point_is_named_once():
    rows = deflist.rows("kernel/trace.def")
    assert len(rows) > 5 and len({row[0] for row in rows}) == len({row[1] for row in rows}) == len(rows)
    assert trace.entering_events() == {"syscall", "fault", "interrupt"}


def test_strings_of_lists_keep_their_commas():
    assert deflist.names("abi/fault.def")[9] == "system_call"
    assert all(len(row) == 3 for row in deflist.rows("abi/fault.def"))
