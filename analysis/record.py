# SPDX-License-Identifier: BSD-2-Clause
"""Records: what a run measured, with its fingerprint, as JSON Lines under results/records/.

results/README.md describes the format, results/record.schema.json is its JSON Schema; every line is checked against it
before it is written.
"""
import datetime
import hashlib
import json
import subprocess

from analysis import build, elf, emulator, metrics, paths, sources
from analysis.failure import Exit, Failure

VERSION = 1


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))      # so that moving a byte from one to the next shows
        digest.update(part)
    return digest.hexdigest()


def git(*words):
    done = subprocess.run(["git", "-c", "safe.directory=*", *words], cwd=paths.ROOT, capture_output=True)
    return done.stdout if done.returncode == 0 else b""


def commit_and_dirt():
    """(commit, hash of what the working tree has beyond it or "")."""
    changes = git("diff", "HEAD", "--binary")
    untracked = git("ls-files", "--others", "--exclude-standard", "-z").split(b"\0")
    contents = [name + b"\0" + (paths.ROOT / name.decode()).read_bytes() for name in untracked
                if name and (paths.ROOT / name.decode()).is_file()]
    dirt = sha256(changes, *contents)[:16] if changes or contents else ""
    return git("rev-parse", "HEAD").decode().strip() or "none", dirt


def of_build(machine, fast, tree):
    """What the numbers of a machine's or a board's boots depend on, as far as it was built here."""
    preset = machine.preset("release", fast)
    directory = paths.preset_directory(preset)
    compiler, full = build.compiler_of(preset)
    loaded = [(directory / machine.image).read_bytes(), (directory / "bench.cpio").read_bytes()]
    text = elf.Elf(directory / "kernel.elf").section(".text")
    return {
        "type": "fingerprint", "schema": VERSION, "machine": machine.name, "preset": directory.name,
        "commit": tree[0], "dirty": tree[1], "compiler": compiler, "compiler_full": full,
        "flags": build.flags_of(preset), "text_sha256": sha256(text), "text_bytes": len(text),
        "loaded_sha256": sha256(*loaded), "cpu": machine.cpu, "mitigations": machine.mitigations, "fpu": build.fpu_of(preset),
    }


def with_identity(line):
    """A fingerprint with its id, the hash of all the rest."""
    return {**line, "id": hashlib.sha256(json.dumps(line, sort_keys=True).encode()).hexdigest()[:16]}


def fingerprint(machine, fast, tree):
    """What the numbers of one boot under QEMU depend on, as the record's line."""
    preset = machine.preset("release", fast)
    command = machine.boot_command(preset, "bench.cpio", emulator.BENCH_WORDS) + emulator.ICOUNT
    return with_identity({
        **of_build(machine, fast, tree), "qemu": emulator.qemu_version(machine),
        "command": [word.rsplit("/", 1)[-1] for word in command],       # no path of this computer
    })


def results_of(row, identity):
    """The lines that `--json` prints: one a metric."""
    for metric, unit in metrics.METRICS.items():
        samples = row.samples[metric]
        line = {"type": "result", "machine": row.machine, "bench": row.bench, "params": row.params, "metric": metric,
                "unit": unit, "kind": "exact", "value": row.values[metric], "taken": row.taken, "fingerprint": identity}
        if min(samples) != max(samples):
            line |= {"minimum": min(samples), "maximum": max(samples)}
        yield line


def samples_of(row, identity):
    return {"type": "samples", "machine": row.machine, "bench": row.bench, "params": row.params,
            "samples": row.samples, "fingerprint": identity}


def profiles_of(boot, identity):
    """Where the kernel's instructions went, by step and function, one line a region; then where these are in the source."""
    path = "fast" if boot.fast else "slow"
    file = paths.preset_directory(boot.machine.preset("release", boot.fast)) / "kernel.elf"
    symbols = elf.Elf(file).kernel_places()
    seen = set()
    for line, region in zip(boot.console.benches, boot.report.regions):
        counts = metrics.steps_of_region(line, region, symbols)
        seen.update(counts)
        parts = {"parts": line.names} if line.names else {}
        yield {"type": "profile", "machine": boot.machine.name, "bench": line.name, "params": {**line.params, "path": path},
               "unit": "instructions", "counts": counts, **parts, "fingerprint": identity}
    places = sources.of_addresses(file, {name: address for address, name in symbols if name in seen})
    yield {"type": "symbols", "machine": boot.machine.name, "path": path, "sources": places, "fingerprint": identity}


def check(lines):
    """Failure(1) if a line does not fit the schema: a mistake of this program."""
    import jsonschema
    validator = jsonschema.Draft7Validator(json.loads(paths.SCHEMA.read_text()))
    for line in lines:
        if error := next(validator.iter_errors(line), None):
            raise Failure(Exit.ERROR, f"a record's line does not fit results/record.schema.json: {error.message}")


def write_whole(path, text):
    """Writes a file so that it is there whole or not at all, whatever happens meanwhile."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Failure(Exit.ERROR, f"cannot write {path}: {error.strerror}") from None


def write(lines, tree):
    """Writes a record and returns its path."""
    check(lines)
    paths.RECORDS.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%S%f")[:-3]
    path = paths.RECORDS / f"{now}-{tree[0][:12]}{'-dirty' if tree[1] else ''}.jsonl"
    write_whole(path, "".join(json.dumps(line) + "\n" for line in lines))
    return path


def all_records():
    """The records' paths, oldest first."""
    return sorted(paths.RECORDS.glob("*.jsonl"))


def read(path):
    """A record's lines; Failure(5) if it cannot be read."""
    try:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
    except (OSError, ValueError) as error:
        raise Failure(Exit.INCOMPARABLE, f"{path.name}: not a record: {error}") from None
    if not lines or not all(isinstance(line, dict) and "type" in line for line in lines):
        raise Failure(Exit.INCOMPARABLE, f"{path.name}: not a record")
    return lines
