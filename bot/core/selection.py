"""Owns the choice of cases: globs over `workload[case]` or workload names, and tags."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from bot.core.plan import Case
from bot.errors import BadConfiguration


def matches(pattern: str, name: str, workload: str) -> bool:
    """Whether a glob names a case. Brackets are taken literally: `mnist_mlp[fit]` is one case."""
    literal = pattern.replace("[", "[[]")
    return any(fnmatchcase(text, glob) for text in (name, workload) for glob in (literal, pattern))


CORE = "core"
"""The tag of those cases of the suite that are measured when nobody says which."""


def usual(cases: Sequence[Case], own: Collection[str]) -> tuple[Case, ...]:
    """Choose where nothing was asked for: the files of one's own, or the suite's core.

    The whole suite is for nights; a pull request wants its answer in minutes.
    """
    if own:
        return tuple(case for case in cases if case.file in own)
    return tuple(case for case in cases if CORE in case.tags)


def select(
    cases: Sequence[Case], patterns: Collection[str], tags: Collection[str]
) -> tuple[Case, ...]:
    """Keep the cases that some pattern and, if any are given, some tag names.

    Raises BadConfiguration for a pattern that names nothing: a typo must not narrow a run silently.
    """
    for pattern in patterns:
        if not any(matches(pattern, case.name, case.workload) for case in cases):
            raise _unknown(pattern, cases)
    chosen = [
        case
        for case in cases
        if any(matches(pattern, case.name, case.workload) for pattern in patterns)
        and (not tags or set(tags) & set(case.tags))
    ]
    if not chosen:
        known = sorted({tag for case in cases for tag in case.tags})
        raise BadConfiguration(
            f"no workload has any of the tags {', '.join(tags)}",
            where="--tags, TFPERF_TAGS or `tags` in tfperf.yml",
            next_step=f"known tags: {', '.join(known) or 'none'}",
        )
    return tuple(chosen)


def _unknown(pattern: str, cases: Sequence[Case]) -> BadConfiguration:
    names = sorted({case.name for case in cases} | {case.workload for case in cases})
    near = get_close_matches(pattern, names, n=3, cutoff=0.4)
    offer = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(names)}"
    return BadConfiguration(
        f"no workload is called {pattern!r}",
        where="-w, TFPERF_WORKLOADS or `workloads` in tfperf.yml",
        cause="a typing mistake, or the file lies in a folder that `paths` does not name",
        next_step=offer,
    )
