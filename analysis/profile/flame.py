# SPDX-License-Identifier: BSD-2-Clause
"""A flame graph as a self-contained svg without scripts: a frame's width is its part of the whole, its colour the file of
names; of two sides, red where it grew and blue where it shrank.  Hovering shows the numbers (title elements)."""
import hashlib
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from analysis.failure import Exit, Failure
from analysis.profile import stacks

WIDTH, HEIGHT, MARGIN, TOP = 1200, 18, 10, 58
LETTER = 7.0                                    # the width of a letter, so that names fit
LEAST = 0.3                                     # a frame less wide is not drawn


@dataclass
class Frame:
    name: str
    before: int = 0
    after: int = 0
    children: dict = field(default_factory=dict)

    @property
    def width(self):
        return max(self.before, self.after)


def tree_of(counts):
    """A tree of {stack: (before, after)}; a child is as wide as its greater side, so that what vanished is seen too."""
    root = Frame("all")
    for stack, (before, after) in counts.items():
        frame = root
        for name in ("", *stack):
            frame = frame.children.setdefault(name, Frame(name)) if name else frame
            frame.before += before
            frame.after += after
    return root


def width_of(frame):
    """Room for the frame and for all its children, which in a difference may need more than their sum."""
    return max(frame.width, sum(width_of(child) for child in frame.children.values()))


def depth_of(frame):
    return 1 + max((depth_of(child) for child in frame.children.values()), default=0)


def colour(frame, differential, largest):
    """Warm colours by the name, always the same one; in a difference by how it changed."""
    if differential:
        change = frame.after - frame.before
        if not change:
            return "#e8e8e8"
        pale = round(225 - 150 * min(1.0, abs(change) / largest))
        return f"#ff{pale:02x}{pale:02x}" if change > 0 else f"#{pale:02x}{pale:02x}ff"
    number = hashlib.sha256(frame.name.encode()).digest()
    return f"#{205 + number[0] % 50:02x}{130 + number[1] % 90:02x}{60 + number[2] % 50:02x}"


def title_of(frame, total, unit, differential):
    if differential:
        return f"{frame.name}: {frame.before} -> {frame.after} {unit} ({frame.after - frame.before:+d})"
    return f"{frame.name}: {frame.after} {unit}, {100 * frame.after / total:.1f}%"


def boxes(frame, x, depth, scale):
    """(frame, x, width, depth) of a frame and its children, in the order of the stacks."""
    yield frame, x, width_of(frame) * scale, depth
    for child in frame.children.values():
        yield from boxes(child, x, depth + 1, scale)
        x += width_of(child) * scale


def shown_name(name, width):
    room = int((width - 6) / LETTER)
    if room < 3:
        return ""
    return name if len(name) <= room else name[:room - 2] + ".."


def draw(counts, unit, title, differential):
    """The svg of {stack: (before, after)}."""
    root = tree_of(counts)
    if not root.width:
        raise Failure(Exit.USAGE, f"there is nothing to draw: no {unit} at all")
    largest = max((abs(frame.after - frame.before) for frame, *_ in boxes(root, 0, 0, 1) if frame.name != "all"), default=0) or 1
    scale, height = (WIDTH - 2 * MARGIN) / width_of(root), TOP + depth_of(root) * HEIGHT + MARGIN
    lines = ['<?xml version="1.0" encoding="UTF-8"?>',
             f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
             'font-family="DejaVu Sans Mono, Menlo, monospace" font-size="11">',
             f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
             f'<text x="{MARGIN}" y="22" font-size="14">{escape(title)}</text>',
             f'<text x="{MARGIN}" y="42" fill="#444444">'
             + escape(f"width: {unit.replace('_', ' ')}" + ("; red: more than before, blue: fewer" if differential else "")) + "</text>"]
    for frame, x, width, depth in boxes(root, MARGIN, 0, scale):
        if width < LEAST:
            continue
        y = height - MARGIN - (depth + 1) * HEIGHT
        lines.append(f'<g><title>{escape(title_of(frame, root.after or 1, unit, differential))}</title>'
                     f'<rect x="{x:.2f}" y="{y}" width="{max(width - 0.5, 0.2):.2f}" height="{HEIGHT - 1}" rx="2" '
                     f'fill="{colour(frame, differential, largest)}"/>')
        if name := shown_name(frame.name, width):
            lines.append(f'<text x="{x + 3:.2f}" y="{y + 13}">{escape(name)}</text>')
        lines.append("</g>")
    return "\n".join([*lines, "</svg>"])


def svg(profiles, before, metric):
    first = profiles[0]
    title = f"{first.name}: {metric.replace('_', ' ')} of one iteration, {first.version}"
    if before:
        return draw(stacks.both(profiles, before, metric), metric, f"{title} against {before[0].version}", True)
    counts = {stack: (0, count) for stack, count in stacks.of_all(profiles, metric).items()}
    return draw(counts, metric, title, False)
