# SPDX-License-Identifier: BSD-2-Clause
"""`kite report`: one HTML page of what a record holds, that needs nothing but itself: tables, pictures, a comparison, history,
fingerprints, and for each number the command that gives it again.

contents.py gathers, pictures.py draws, page.html.j2 is the page."""
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from analysis import record
from analysis.failure import Exit, Failure
from analysis.report import contents, pictures

TEMPLATE = Path(__file__).with_name("page.html.j2")


@dataclass
class Options:
    record: str = ""                # the newest if there is none
    against: str = ""
    output: str = "report.html"
    history: int = 40               # at most so many records; 0: none
    json: bool = False


def page(found, drawn):
    """The page's text; what stands in the record is escaped, whatever it is."""
    import jinja2
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(TEMPLATE.read_text()).render(**found, pictures=drawn)


def run(options, say):
    """The whole command; returns the exit code."""
    output = options.output
    if output != "-" and not Path(output).resolve().parent.is_dir():
        raise Failure(Exit.ERROR, f"cannot write {output}: there is no such directory")
    found = contents.gather(options)
    if options.json:
        print(json.dumps(found, indent=1))
        return Exit.SAME
    say("drawing")
    text = page(found, pictures.of(options))
    if output == "-":
        sys.stdout.write(text)
        return Exit.SAME
    record.write_whole(Path(output), text)
    print(output)
    return Exit.SAME
