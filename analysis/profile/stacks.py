# SPDX-License-Identifier: BSD-2-Clause
"""Folded stacks: a line a stack, `frame;frame;frame COUNT`, as flame graph tools read them; of two sides `... BEFORE AFTER`,
as difffolded.pl writes it."""


def root(profile):
    """The frames below all others of a profile."""
    return (profile.machine,)


def of_profile(profile, metric="instructions"):
    """{stack: count}, in the order in which the stacks first came."""
    counts = {}
    for one in profile.instructions:
        stack = tuple(frame.replace(";", ":").replace(" ", "_") for frame in root(profile) + one.stack)
        counts[stack] = counts.get(stack, 0) + getattr(one, metric)
    return {stack: count for stack, count in counts.items() if count}


def of_all(profiles, metric="instructions"):
    """The same of several machines."""
    return {stack: count for profile in profiles for stack, count in of_profile(profile, metric).items()}


def both(profiles, before, metric="instructions"):
    """{stack: (before, after)} of two sides."""
    now, then = of_all(profiles, metric), of_all(before, metric)
    return {stack: (then.get(stack, 0), now.get(stack, 0)) for stack in [*now, *(stack for stack in then if stack not in now)]}


def as_text(profiles, before, metric):
    if before:
        return "\n".join(f"{';'.join(stack)} {old} {new}" for stack, (old, new) in both(profiles, before, metric).items())
    return "\n".join(f"{';'.join(stack)} {count}" for stack, count in of_all(profiles, metric).items())
