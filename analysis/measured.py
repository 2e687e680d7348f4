# SPDX-License-Identifier: BSD-2-Clause
"""Measures trees, and remembers what it measured: exact numbers depend on nothing but what is loaded, the emulator and
the laboratory, so a file whose name is the hash of all these is as good as another run."""
import json
from dataclasses import dataclass

from analysis import bench, build, elf, emulator, metrics, paths, pool, progress, record, sanity, trees
from analysis.failure import Exit, Failure

LABORATORY = ("metrics.py", "plugin.py", "console.py", "record.py", "emulator.py", "measured.py")     # what makes the numbers


@dataclass
class Job:
    """One machine and path of one tree."""
    tree: trees.Tree
    machine: object
    fast: bool
    mark: dict                  # its fingerprint
    words: str                  # the guest's command line
    lines: list = None          # of the record, once measured
    failure: Failure = None

    @property
    def name(self):
        return f"{self.machine.name}, {'fast' if self.fast else 'slow'} path"

    @property
    def key(self):
        """The hash of everything that the numbers depend on."""
        symbols = elf.Elf(paths.preset_directory(self.machine.preset("release", self.fast)) / "kernel.elf").symbols()
        parts = [self.mark[part] for part in ("machine", "loaded_sha256", "qemu", "command", "cpu")]
        code = [(paths.ROOT / "analysis" / name).read_text() for name in LABORATORY]
        about = json.dumps([parts, self.fast, self.words, sorted(symbols.items()), code])
        return record.sha256(about.encode(), paths.PLUGIN.read_bytes())


def jobs_of(tree, machines, which, say, words=""):
    """What is to be measured of a tree, built: a job a machine and path."""
    built = trees.machines_of(tree, machines, which, say)
    return [Job(tree, machine, fast, record.fingerprint(machine, fast, tree.version), words)
            for machine in built for fast in which]


def remembered(job):
    """The lines of an earlier run of the same, under this run's fingerprint; None if there was none."""
    try:
        lines = [json.loads(line) for line in (paths.MEASURED / f"{job.key}.jsonl").read_text().splitlines()]
    except (OSError, ValueError):
        return None
    return [job.mark] + [{**line, "fingerprint": job.mark["id"]} for line in lines]


def remember(job):
    paths.MEASURED.mkdir(parents=True, exist_ok=True)
    path = paths.MEASURED / f"{job.key}.jsonl"
    record.write_whole(path, "".join(json.dumps(line) + "\n" for line in job.lines if line["type"] != "fingerprint"))


def lines_of(job, boots):
    """The record's lines of two boots of the same; Failure if they differ or make no sense."""
    pairs = {(job.machine.name, job.fast): boots}
    bench.check_deterministic(pairs)
    rows = metrics.rows_of_boot(boots[0])
    if breaches := sanity.breaches(rows):
        raise Failure(Exit.BENCHMARK, "\n".join(breaches))
    return bench.lines_of_record(pairs, rows, job.tree.version)


def boot(job):
    """One boot, or the Failure that it ended with, so that the other machines go on."""
    try:
        return emulator.measure(job.machine, job.fast, job.words)
    except Failure as failure:
        if emulator.stopping.is_set():
            raise
        return failure


def measure(jobs, say, fresh=False):
    """Fills in the jobs' lines, or their failures; what was measured before is not measured again unless it must be."""
    build.build_plugin(say=say)
    missing = []
    for job in jobs:
        job.lines = None if fresh else remembered(job)
        missing += [] if job.lines else [job]
    done = progress.Remaining(say, len(missing))
    boots = pool.run_all(boot, [job for job in missing for _ in range(2)])
    for job, first, second in ((job, next(boots), next(boots)) for job in missing):
        try:
            for ended in (first, second):
                if isinstance(ended, Failure):
                    raise ended
            job.lines = lines_of(job, (first, second))
            remember(job)
        except Failure as failure:
            job.failure = failure
        done(f"measured {job.name} of {job.tree.name}" + (": failed" if job.failure else ""))
