# SPDX-License-Identifier: BSD-2-Clause
"""`kite report`: a page that is well formed, loads nothing, escapes what it shows, and says how to get each number again."""
import base64
import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest
from conftest import row
from test_plot import mark, write

from analysis import report
from analysis.failure import Exit, Failure
from analysis.report import contents

VOID = {"meta", "img", "br", "link"}
LOADING = {"src", "href", "srcset", "data", "action", "poster", "background", "cite", "formaction"}


class Page(HTMLParser):
    """Checks nesting as it reads; keeps addresses, text, and what identifies a place."""

    def __init__(self, text):
        super().__init__()
        self.open, self.addresses, self.ids, self.words, self.policy = [], [], set(), [], ""
        self.feed(text)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.addresses += [(tag, value) for name, value in attributes if name in LOADING]
        self.ids |= {found["id"]} if "id" in found else set()
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"]
        assert tag != "script" and not any(name.startswith("on") for name in found)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def two(results):
    write("a" * 40, row("ipc/round_trip", 98, machine="qemu-x86_64"), row("ipc/call", 50))
    write("b" * 40, row("ipc/round_trip", 99, machine="qemu-x86_64"), row("ipc/call", 50), row("ipc/round_trip", 1000, path="slow"))
    return results


def page_of(results, **changes):
    output = results / "out.html"
    report.run(report.Options(output=str(output), **changes), lambda text: None)
    return output.read_text()


def test_the_page_loads_nothing_and_is_well_formed(two):
    text = page_of(two, against="a" * 12)
    page = Page(text)
    for tag, address in page.addresses:
        assert address.startswith("data:image/svg+xml;base64,") if tag == "img" else address.removeprefix("#") in page.ids, (tag, address[:60])
    assert page.policy.startswith("default-src 'none'") and not re.search(r"@import|url\(", text)
    assert len([tag for tag, _ in page.addresses if tag == "img"]) == 3                        # distribution, trend, heat map
    assert "https://" not in text and not re.search(r"http://(?!www\.w3\.org)", text)


def test_pictures_are_svg_that_loads_nothing(two):
    for tag, address in Page(page_of(two)).addresses:
        if tag == "img":
            picture = ElementTree.fromstring(base64.b64decode(address.split(",")[1]))
            assert picture.tag.endswith("svg")
            assert not [value for element in picture.iter() for name, value in element.attrib.items()
                        if name.endswith("href") and not value.startswith(("#", "data:"))]


def test_it_has_every_row_with_the_command_that_measures_it_again(two):
    text = Page(page_of(two)).text
    assert "./kite bench --machine qemu-x86_64 --path fast --filter '^ipc/round_trip words=0 space=other path=fast stub=inline$'" in text
    assert "git checkout " + "b" * 40 in text
    assert "within the budget of 100" in text and "seL4 432: 4.4 times" in text


def test_a_regression_is_shown_with_its_size(two):
    text = Page(page_of(two, against="a" * 12)).text
    assert "REGRESSED" in text and "98 -> 99 (+1.0%)" in text and "1 REGRESSED" in text and "exit 3" in text
    assert "Comparison" not in Page(page_of(two)).text


def test_history_has_every_record_and_can_be_left_out(two):
    assert Page(page_of(two)).text.count("aaaaaaaa") >= 1
    page = Page(page_of(two, history=0))
    assert "history" not in page.ids and len([tag for tag, _ in page.addresses if tag == "img"]) == 1


def test_what_stands_in_a_record_is_text_whatever_it_is(results):
    write("a" * 40, row("ipc/round_trip", 90, label="<script>alert(1)</script>&\"'"))
    text = page_of(results)
    assert "<script" not in text and "&lt;script&gt;" in text
    Page(text)


def test_measured_rows_and_the_host_have_their_place(two):
    google = {"benchmarks": [{"run_name": "tree/copy/iterations:200/manual_time", "run_type": "iteration", "real_time": 41.25}]}
    (two / "records" / f"20260101T000000000-{'b' * 12}-host.json").write_text(json.dumps(google))
    text = Page(page_of(two)).text
    assert "tree/copy 41.2 41.2 41.2" in text and "./kite bench --host --filter '^tree/copy$'" in text


def test_json_is_what_the_page_holds(two, capsys):
    report.run(report.Options(json=True), lambda text: None)
    found = json.loads(capsys.readouterr().out)
    assert found["commit"] == "b" * 40 and found["headline"][0]["value"] == 99 and len(found["history"]) == 2


@pytest.mark.parametrize("changes, code", [({"record": "none"}, Exit.INCOMPARABLE), ({"against": "none"}, Exit.INCOMPARABLE),
                                           ({"output": "/no/such/directory/x.html"}, Exit.ERROR)])
def test_what_cannot_be_reported_says_why(two, changes, code):
    with pytest.raises(Failure) as caught:
        report.run(report.Options(**changes), lambda text: None)
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["", "not json\n", '{"type": "fingerprint"}\n', '{"no": "type"}\n'])
def test_a_foreign_record_is_exit_5(results, text):
    paths = results / "records"
    paths.mkdir()
    (paths / "20260101T000000000-cccccccccccc.jsonl").write_text(text)
    with pytest.raises(Failure) as caught:
        contents.gather(report.Options())
    assert caught.value.code == Exit.INCOMPARABLE


def test_a_record_of_the_future_is_exit_5(results):
    (results / "records").mkdir()
    (results / "records" / "x.jsonl").write_text(json.dumps({**mark("a" * 40), "schema": 2}) + "\n")
    with pytest.raises(Failure) as caught:
        contents.gather(report.Options())
    assert caught.value.code == Exit.INCOMPARABLE and "version 2" in str(caught.value)


def test_colours_can_be_read():
    """WCAG 2.1, 1.4.3: text stands out from its ground by 4.5 to 1, in both colour schemes."""
    text = report.TEMPLATE.read_text()
    schemes = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", text, re.S)]

    def light(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert len(schemes) == 2
    for scheme in schemes:
        for ground in ("paper", "band"):
            for ink in ("ink", "faint", "good", "bad", "odd", "link"):
                lighter, darker = sorted((light(scheme[ground]), light(scheme[ink])), reverse=True)
                assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (ground, ink)
