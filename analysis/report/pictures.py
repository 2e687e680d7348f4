# SPDX-License-Identifier: BSD-2-Clause
"""The pictures of a report: what `kite plot` draws, as svg within the page."""
import base64
import tempfile
from pathlib import Path

from analysis import plot
from analysis.failure import Exit, Failure
from analysis.plot import choose, gnuplot

# Kind of picture, which rows, what it shows.
WANTED = (
    ("distribution", "", "All instructions of a round trip, user to user: how they are distributed over iterations"),
    ("trend", "", "Kernel instructions of a round trip over commits"),
    ("heatmap", "", "Every path over commits: how far from its median"),
)
DRAWERS = {**plot.DISTRIBUTIONS, **plot.HISTORIES}
FEWEST_COMMITS = 2                              # of a history


def svg(kind, options):
    """One picture's text."""
    records = choose.records(options, everything=kind in plot.HISTORIES)
    if kind in plot.HISTORIES and len({one.label for one in records}) < FEWEST_COMMITS:
        return None
    with tempfile.TemporaryDirectory(prefix="kite-report-") as directory:
        output = Path(directory) / "picture.svg"
        gnuplot.draw(DRAWERS[kind](records, options, False), "svg", str(output))
        return output.read_text()


def of(options):
    """[{title, data}] of the pictures that the records have something for; data is a URL that holds the picture."""
    found = []
    for kind, pattern, title in WANTED:
        if kind in plot.HISTORIES and not options.history:
            continue
        names = () if kind in plot.HISTORIES or not options.record else (options.record,)
        try:
            text = svg(kind, plot.Options(kind, names, (), pattern))
        except Failure as failure:
            if failure.code != Exit.USAGE:      # the record has no such rows: no picture
                raise
            text = None
        if text:
            data = base64.b64encode(text.encode()).decode()
            found.append({"title": title, "kind": kind, "data": f"data:image/svg+xml;base64,{data}"})
    return found
