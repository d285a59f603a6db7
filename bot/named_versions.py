"""Owns the versions named on the command line: which is the baseline, where paths start."""

from collections.abc import Sequence
from pathlib import Path

from bot.core.ranges import first_of, is_several
from bot.core.releases import AUTO, KINDS, parse_spec
from bot.core.wheels import is_address
from bot.errors import BadConfiguration


def named_versions(versions: Sequence[str]) -> dict[str, object]:
    """Give the keys `baseline` and `versions` their values; nothing named, nothing given."""
    if not versions:
        return {}
    first, *others = map(_placed, versions)
    if first == AUTO:
        return {"versions": (first, *others)}
    if _is_range(first):
        return {"baseline": first_of(first), "versions": (first, *others)}
    if not others:
        raise BadConfiguration(
            f"only {first} is named; there is nothing to compare it with",
            where="command line",
            next_step=f"name the baseline first: tfperf compare BASELINE {first}",
        )
    return {"baseline": first, "versions": tuple(others)}


def _is_range(text: str) -> bool:
    try:
        return is_several(parse_spec(text))
    except BadConfiguration:
        return False  # it is told with all other mistakes, by its place


def _placed(text: str) -> str:
    """A path that is typed starts from the folder one is in, wherever tfperf.yml lies."""
    kind, colon, path = text.partition(":")
    if not colon or kind not in KINDS or is_address(path):
        return text
    return f"{kind}:{Path(path).expanduser().absolute()}"
