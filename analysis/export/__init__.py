# SPDX-License-Identifier: BSD-2-Clause
"""`kite export`: a record in the formats that other programs read.  A module a family of formats; each writer takes the
numbers of a record (numbers.py) and returns the whole text, so that what reaches standard output is complete."""
from analysis import compare
from analysis.export import documents, numbers, trackers
from analysis.failure import Exit, Failure
from analysis.record import all_records

NEWEST = "newest"
WRITERS = {
    "google-benchmark": trackers.google_benchmark,
    "go": trackers.go,
    "bencher": trackers.bencher,
    "github-action-benchmark": trackers.github_action_benchmark,
    "junit": documents.junit,
    "csv": documents.comma_separated,
    "markdown": documents.markdown,
}


def record_of(name):
    """The path of the record that is meant: by its name, or the newest."""
    if name == NEWEST:
        records = all_records()
        if not records:
            raise Failure(Exit.USAGE, "there is no record yet: run kite bench first")
        return records[-1]
    path = compare.record_path(name)
    if not path:
        raise Failure(Exit.USAGE, f"'{name}' is no record; see: kite list records")
    return path


def text_of(name, form, pattern=""):
    """The record in that format."""
    return WRITERS[form](numbers.of_record(record_of(name), pattern))
