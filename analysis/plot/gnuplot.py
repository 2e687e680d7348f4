# SPDX-License-Identifier: BSD-2-Clause
"""gnuplot: quoting, colours, data, and running it."""
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from analysis.failure import Exit, Failure

TERMINALS = {
    "png": "pngcairo noenhanced size 1200,{height} font 'sans,11'",
    "svg": "svg noenhanced size 1200,{height} dynamic background '#ffffff' font 'sans,12'",
    "pdf": "pdfcairo noenhanced size 24cm,{centimetres}cm font 'sans,10'",
    "terminal": "dumb noenhanced size {columns},{rows}",
}
PIXELS_A_CENTIMETRE = 50        # 1200 pixels are 24 cm
# Colours that stay apart in print and for the colour-blind (Okabe and Ito).
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999")


@dataclass
class Drawing:
    """What gnuplot gets: named data, which the script calls $NAME, and the script."""
    script: str
    height: int = 600           # pixels, of 1200 in width
    blocks: dict = field(default_factory=dict)      # name -> rows of cells


def quoted(text):
    """A string for gnuplot, of any characters.  What stands between backquotes it would give to the shell."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("`", "\\140") + '"'


def colour(index):
    return f"lc rgb '{COLOURS[index % len(COLOURS)]}'"


def fill(index):
    """Solid while the colours last, then patterns."""
    return "solid 0.9" if index < len(COLOURS) else f"pattern {index // len(COLOURS)}"


def rows_as_text(rows):
    return "".join(" ".join(str(cell) for cell in row) + "\n" for row in rows)


def terminal_of(form, height):
    size = shutil.get_terminal_size((100, 40))
    return TERMINALS[form].format(height=height, centimetres=height / PIXELS_A_CENTIMETRE, columns=size.columns,
                                  rows=max(30, size.lines - 2))


def inline(drawing):
    """One script with its data in it."""
    return "".join(f"${name} << EOD\n{rows_as_text(rows)}EOD\n" for name, rows in drawing.blocks.items()) + drawing.script


def keep(drawing, head, output):
    """Writes NAME.gp and NAME.BLOCK.dat beside the picture, so that `gnuplot NAME.gp` there draws it again."""
    stem, script = Path(output).with_suffix(""), drawing.script
    for name, rows in drawing.blocks.items():
        data = stem.with_name(f"{stem.name}.{name}.dat")
        data.write_text(rows_as_text(rows))
        script = re.sub(rf"\${name}\b", lambda _: quoted(data.name), script)
    head = head.replace(quoted(output), quoted(Path(output).name))
    stem.with_suffix(".gp").write_text(f"# `gnuplot {stem.name}.gp` in this directory draws {Path(output).name}.\n{head}{script}")


def write_text(text, output):
    print(text) if output == "-" else Path(output).write_text(text + "\n")


def call(script):
    """Runs gnuplot on a script; returns what it wrote to standard output."""
    try:
        done = subprocess.run(["gnuplot"], input=script.encode(), capture_output=True)
    except OSError as error:
        raise Failure(Exit.ERROR, f"cannot start gnuplot: {error}") from None
    if done.returncode or re.search(rb"line \d+: (?!warning)", done.stderr):      # it goes on after some errors
        raise Failure(Exit.ERROR, f"gnuplot failed: {done.stderr.decode().strip()}")
    return done.stdout


def draw(drawing, form, output, keeping=False):
    """Draws into a file; "-" is standard output."""
    head = f"set terminal {terminal_of(form, drawing.height)}\n"
    head += f"set output {quoted(output)}\n" if output != "-" else ""
    try:
        picture = call(head + inline(drawing))
        if keeping:
            keep(drawing, head, output)
    except OSError as error:
        raise Failure(Exit.ERROR, f"cannot write {output}: {error}") from None
    sys.stdout.flush()
    sys.stdout.buffer.write(picture)
