"""Owns which releases of TensorFlow a Python has wheels for, told by minor version."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache

from packaging.version import Version

from bot.core.releases import OLDEST_PYTHON, PACKAGES, catalogue

OLDEST_RELEASE = Version("1.0")


@cache
def _pythons_of() -> dict[str, frozenset[str]]:
    """The Pythons of every minor version, oldest first; those of its patches are added up."""
    found: dict[str, frozenset[str]] = {}
    for release in catalogue()[PACKAGES[0]]:
        version = Version(release.version)
        if version >= OLDEST_RELEASE and not version.is_prerelease:
            minor = f"{version.major}.{version.minor}"
            found[minor] = found.get(minor, frozenset()) | frozenset(release.pythons)
    return found


def pythons() -> list[str]:
    """Every Python that some release has wheels for and workloads run on, oldest first."""
    known = {_key(python) for wheels in _pythons_of().values() for python in wheels}
    return [f"{major}.{minor}" for major, minor in sorted(known) if (major, minor) >= OLDEST_PYTHON]


def releases(here: Collection[str]) -> list[str]:
    """The minor versions that one of these Pythons has wheels for, oldest first."""
    return [minor for minor, wheels in _pythons_of().items() if not wheels.isdisjoint(here)]


def gaps(here: Collection[str]) -> dict[str, list[str]]:
    """What these Pythons cannot run: by the fewest Pythons that would close the gaps."""
    missing = set(releases(pythons())).difference(releases(here))
    closed: dict[str, list[str]] = {}
    while missing:
        served = {python: missing.intersection(releases([python])) for python in pythons()}
        best = max(served, key=lambda python: (len(served[python]), _key(python)))
        closed[best] = [minor for minor in releases([best]) if minor in missing]
        missing -= served[best]
    return closed


def ranges(minors: Iterable[str]) -> str:
    """Write minor versions as ranges of what there is: 1.13 to 2.11."""
    order = list(_pythons_of())
    runs: list[list[str]] = []
    for minor in minors:
        if runs and order.index(minor) == order.index(runs[-1][-1]) + 1:
            runs[-1].append(minor)
        else:
            runs.append([minor])
    return ", ".join(map(_range, runs)) or "none"


def _range(run: Sequence[str]) -> str:
    return run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}"


def _key(python: str) -> tuple[int, int]:
    major, _, minor = python.partition(".")
    return int(major), int(minor)
