# SPDX-License-Identifier: BSD-2-Clause
"""`kite plot`: draws records with gnuplot, as png, svg, pdf, or text for the terminal.

A kind of picture is a function from what was chosen to a Drawing (gnuplot.py): data, and the script that draws them.
"""
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from analysis.failure import Exit, Failure
from analysis.plot import choose, distributions, gnuplot, history, steps

DISTRIBUTIONS = {"distribution": distributions.both, "ecdf": distributions.ecdf, "histogram": distributions.histogram,
                 "violin": distributions.violin, "percentile": distributions.percentile}
HISTORIES = {"trend": history.trend, "heatmap": history.heatmap}
KINDS = (*DISTRIBUTIONS, "steps", *HISTORIES)


@dataclass
class Options:
    kind: str                   # one of KINDS
    records: tuple = ()         # names; the newest record if there are none, for histories all of them
    machines: tuple = ()
    filter: str = ""
    metric: str = ""
    format: str = None          # one of gnuplot.TERMINALS, or by the output's suffix
    output: str = ""
    keep: bool = False          # write script and data beside the picture
    json: bool = False          # say what was drawn as JSON


def format_of(options):
    """The format, by option or by the output's suffix."""
    if options.format:
        return options.format
    suffix = Path(options.output).suffix.lstrip(".")
    form = {"": "png", "txt": "terminal"}.get(suffix, suffix)
    if form not in gnuplot.TERMINALS:
        raise Failure(Exit.USAGE, f"cannot tell the format from '{options.output}'; there are: {', '.join(gnuplot.TERMINALS)}")
    return form


def check_output(options, output):
    """Fails before anything is drawn if it could not be written."""
    if output == "-":
        if options.json:
            raise Failure(Exit.USAGE, "--json says where the picture is; give that a name with --output")
        if options.keep:
            raise Failure(Exit.USAGE, "--keep writes beside a picture; give that a name with --output")
        return
    if not Path(output).resolve().parent.is_dir():
        raise Failure(Exit.ERROR, f"cannot write {output}: there is no such directory")


def run(options):
    form = format_of(options)
    output = options.output or ("-" if form == "terminal" else f"{options.kind}.{form}")
    check_output(options, output)
    records = choose.records(options, everything=options.kind in HISTORIES)
    if options.kind == "steps" and form == "terminal":
        gnuplot.write_text(steps.as_text(records, options), output)
    else:
        draw = {**DISTRIBUTIONS, "steps": steps.bars, **HISTORIES}[options.kind]
        gnuplot.draw(draw(records, options, form == "terminal"), form, output, options.keep)
    if options.json:
        print(json.dumps({"type": "picture", "kind": options.kind, "output": output, "format": form,
                          "records": [one.path.name for one in records]}))
    elif output != "-":
        print(output)
    print(f"kite: drawn from {', '.join(choose.shown(records))}", file=sys.stderr)
