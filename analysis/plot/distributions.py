# SPDX-License-Identifier: BSD-2-Clause
"""Pictures of how a number is distributed over the iterations of a row, one curve a row."""
import numpy

from analysis.failure import Exit, Failure
from analysis.plot import choose
from analysis.plot.gnuplot import Drawing, colour, quoted

DEFAULT_METRIC = "user_to_user_instructions"
DEFAULT_FILTER = r"^ipc/round_trip words=0 space=other .*stub=inline"
FEW_VALUES = 40                 # distinct ones, each of which has a bar of its own; more are put into bins
BINS_MAX = 120
# Where a percentile plot has its marks: as far right as there are samples to say something about.
PERCENTILES = (0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999)


class Curves:
    """The samples that were chosen, and what to call them."""

    def __init__(self, chosen, options):
        wanted = choose.lines_of(chosen, "samples", options, DEFAULT_FILTER)
        there = dict.fromkeys(metric for _, line in wanted for metric in line["samples"])
        self.metric = options.metric or (DEFAULT_METRIC if DEFAULT_METRIC in there else next(iter(there)))
        wanted = [(one, line) for one, line in wanted if self.metric in line["samples"]]
        if not wanted:
            raise Failure(Exit.USAGE, f"these rows have no metric '{self.metric}'; they have: {', '.join(there)}")
        self.labels = choose.labels(wanted)
        self.samples = [sorted(line["samples"][self.metric]) for _, line in wanted]
        self.title = choose.title(chosen)
        self.what = f"{self.metric.replace('_', ' ')}, {choose.benchmark_of(wanted)}"

    def span(self):
        """The axis of values, with room at both ends: exact counts are often one value alone."""
        low, high = self.samples[0][0], self.samples[0][-1]
        for values in self.samples:
            low, high = min(low, values[0]), max(high, values[-1])
        margin = max(2, (high - low) / 20)
        return f"[{low - margin:g}:{high + margin:g}]"

    def plot(self, name, style, first="plot "):
        return first + ", ".join(f"${name}{i} using 1:2 with {style} {colour(i)} title {quoted(label)}"
                                 for i, label in enumerate(self.labels)) + "\n"

    def blocks(self, name, points_of):
        return {f"{name}{i}": points_of(values) for i, values in enumerate(self.samples)}


def ecdf_points(values):
    """The points of an empirical distribution function drawn with steps; one value alone still shows as a rise."""
    distinct, counts = numpy.unique(values, return_counts=True)
    height = numpy.cumsum(counts) / len(values)
    return [(values[0] - 1, 0.0), *zip(distinct.tolist(), height.tolist()), (values[-1] + 1, 1.0)]


def histogram_bins(values):
    """(value, how many): each value if there are few, else the middles of bins as wide as Freedman and Diaconis say."""
    distinct, counts = numpy.unique(values, return_counts=True)
    if len(distinct) <= FEW_VALUES:
        return list(zip(distinct.tolist(), counts.tolist()))
    edges = numpy.histogram_bin_edges(values, bins="fd")
    if len(edges) > BINS_MAX:
        edges = numpy.linspace(values[0], values[-1], BINS_MAX + 1)
    counts, edges = numpy.histogram(values, bins=edges)
    return list(zip(((edges[1:] + edges[:-1]) / 2).tolist(), counts.tolist()))


def percentile_points(values):
    """(1/(1-p), value): the axis on which each nine takes as much room, as HDR histograms are drawn."""
    count = len(values)
    return [(count / (count - rank), value) for rank, value in enumerate(values)]


def height_of(curves, base):
    return base + 22 * len(curves.labels)


def head(curves):
    return f"set title {quoted(curves.title)}\nset key below left maxcols 1\nset grid\n"


def ecdf(chosen, options, _):
    curves = Curves(chosen, options)
    script = head(curves) + f"set xlabel {quoted(curves.what)}\nset xrange {curves.span()}\n"
    script += "set ylabel 'part of all iterations'\nset yrange [0:1.05]\n" + curves.plot("ecdf", "steps lw 2")
    return Drawing(script, height_of(curves, 560), curves.blocks("ecdf", ecdf_points))


def histogram(chosen, options, _):
    curves = Curves(chosen, options)
    script = head(curves) + f"set xlabel {quoted(curves.what)}\nset xrange {curves.span()}\n"
    script += "set ylabel 'iterations'\nset yrange [0:*]\n" + curves.plot("bins", "impulses lw 4")
    return Drawing(script, height_of(curves, 560), curves.blocks("bins", histogram_bins))


def both(chosen, options, _):
    """ECDF above, histogram below."""
    curves = Curves(chosen, options)
    script = f"set xlabel {quoted(curves.what)}\nset key below left maxcols 1\nset grid\nset xrange {curves.span()}\n"
    script += f"set multiplot layout 2,1 title {quoted(curves.title)}\n"
    script += "set ylabel 'part of all iterations'\nset yrange [0:1.05]\n" + curves.plot("ecdf", "steps lw 2")
    script += "set ylabel 'iterations'\nset yrange [0:*]\n" + curves.plot("bins", "impulses lw 4") + "unset multiplot\n"
    return Drawing(script, 800, curves.blocks("ecdf", ecdf_points) | curves.blocks("bins", histogram_bins))


def percentile(chosen, options, _):
    curves = Curves(chosen, options)
    most = max(len(values) for values in curves.samples)
    marks = [mark for mark in PERCENTILES if 100 / (100 - mark) <= most] or [0]
    tics = ", ".join(f"'{mark:g}%%' {100 / (100 - mark):.6g}" for mark in marks)
    script = head(curves) + f"set logscale x 10\nset xrange [1:{max(2, most)}]\nset xtics ({tics})\n"
    script += f"set xlabel 'percentile'\nset ylabel {quoted(curves.what)}\nset yrange {curves.span()}\n"
    return Drawing(script + curves.plot("percentile", "steps lw 2"), height_of(curves, 560),
                   curves.blocks("percentile", percentile_points))


def bandwidth(values):
    """Silverman's rule of thumb; never nothing, for exact counts may be one value alone."""
    spread = min(numpy.std(values), numpy.subtract(*numpy.percentile(values, [75, 25])) / 1.34) or numpy.std(values)
    return max(0.9 * float(spread) * len(values) ** -0.2, 0.25)


def violin(chosen, options, as_text):
    """The density of each row, mirrored, with its quartiles."""
    curves = Curves(chosen, options)
    count, blocks = len(curves.labels), curves.blocks("samples", lambda values: [(value,) for value in values])
    script = head(curves) + f"set ylabel {quoted(curves.what)}\nset samples 400\nset xrange {curves.span()}\n"
    for i, values in enumerate(curves.samples):
        script += f"set table $density{i}\nplot $samples{i} using 1:(1) smooth kdensity bandwidth {bandwidth(values):g}\n"
        script += f"unset table\nstats $density{i} using 2 nooutput\nwidest{i} = STATS_max\n"
    quartiles = [numpy.percentile(values, [0, 25, 50, 75, 100]).tolist() for values in curves.samples]
    blocks["quartiles"] = [(i, *five) for i, five in enumerate(quartiles)]
    style = "lines" if as_text else "filledcurves closed fs transparent solid 0.5"
    parts = []
    for i, label in enumerate(curves.labels):
        for sign in "+-":                               # where there is next to nothing, the violin ends
            width = f"($2 > widest{i} / 1000 ? {i} {sign} 0.4 * $2 / widest{i} : NaN)"
            parts.append(f"$density{i} using {width}:1 with {style} {colour(i)} "
                         + (f"title {quoted(label)}" if sign == "+" else "notitle"))
    parts.append("$quartiles using 1:3:2:6:5 with candlesticks lc rgb 'black' notitle whiskerbars")
    parts.append("$quartiles using 1:4:4:4:4 with candlesticks lw 2 lc rgb 'black' notitle")
    script += f"set xrange [-0.6:{count - 0.4}]\nset yrange {curves.span()}\nunset xtics\nset boxwidth 0.08\nplot " + ", ".join(parts) + "\n"
    return Drawing(script, height_of(curves, 600), blocks)
