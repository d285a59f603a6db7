"""Owns ranges of releases: what was asked for becomes single releases, oldest first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from packaging.version import Version

from bot.core.releases import (
    CATALOGUED,
    EVERY_MINOR,
    LATEST,
    Spec,
    finals,
    find,
    parse_spec,
)
from bot.errors import BadConfiguration

MOST_CANDIDATES = 60
OLDEST = Version("1.0")
_BETWEEN = ".."

Newer = Mapping[str, Sequence[str]]
"""Package -> final releases that the catalogue does not know, oldest first."""


def is_several(spec: Spec) -> bool:
    """Whether it may stand for more than one release."""
    return spec.version == EVERY_MINOR or spec.version.endswith(".*") or _BETWEEN in spec.version


def needs_newest(spec: Spec) -> bool:
    """Whether what it stands for depends on what has been released since the catalogue."""
    if spec.existing is not None or spec.wheel is not None:
        return False
    if spec.version.endswith(".*"):
        newest = minors(spec.package, ())[-1:]
        return not newest or _minor(spec.version.removesuffix(".*")) >= _minor(newest[0])
    return LATEST in spec.version or spec.version == EVERY_MINOR


def first_of(text: str) -> str:
    """Name the first release of a range, as the baseline is named; a release is its own."""
    spec = parse_spec(text)
    if not is_several(spec):
        return text
    if spec.version == EVERY_MINOR:
        known = minors(spec.package, ())
        if not known:
            raise BadConfiguration(
                f"{text} cannot be listed: minor versions are known of {', '.join(CATALOGUED)}",
                next_step=f"name one release of {spec.package}, after a baseline",
            )
        first = known[0]
    elif spec.version.endswith(".*"):
        first = _patches(spec, ())[0]
    else:
        first = spec.version.partition(_BETWEEN)[0]
    return str(replace(spec, version=first))


def settle(baseline: Spec, versions: Sequence[Spec], newer: Newer) -> tuple[Spec, tuple[Spec, ...]]:
    """Make single releases of all that was asked for; what ranges bring twice is kept once."""
    base = expand(baseline, newer)[0]
    single = (asked for asked in versions if not is_several(asked))
    taken = {_key(base)} | {_key(spec) for asked in single for spec in expand(asked, newer)}
    candidates: list[Spec] = []
    for asked in versions:
        for spec in expand(asked, newer):
            if is_several(asked) and _key(spec) in taken:
                continue
            taken.add(_key(spec))
            candidates.append(spec)
    if versions and not candidates:
        raise BadConfiguration(
            f"{_list(versions)} names the baseline {base} alone: there is nothing to compare",
            next_step="name another release in `versions`",
        )
    if len(candidates) > MOST_CANDIDATES:
        raise BadConfiguration(
            f"{_list(versions)} are {len(candidates)} releases; {MOST_CANDIDATES} are the most",
            next_step="name fewer, such as every-minor or 2.9..2.21",
        )
    return base, tuple(candidates)


def expand(spec: Spec, newer: Newer) -> list[Spec]:
    """List the releases that were asked for."""
    beyond = newer.get(spec.package, ())
    if spec.version == EVERY_MINOR:
        versions = minors(spec.package, beyond)
    elif spec.version.endswith(".*"):
        versions = _patches(spec, beyond)
    elif _BETWEEN in spec.version:
        versions = _between(spec, beyond)
    elif spec.version.startswith(LATEST):
        versions = [_back(spec.package, spec.version, beyond)]
    else:
        versions = [spec.version]
    return [replace(spec, version=version) for version in versions]


def minors(package: str, beyond: Sequence[str]) -> list[str]:
    """List the last final patch of every minor version from 1.0 on, oldest first."""
    known = [release.version for release in finals(package)]
    last = {_minor(version): version for version in sorted([*known, *beyond], key=Version)}
    return [
        version for minor, version in last.items() if Version(f"{minor[0]}.{minor[1]}") >= OLDEST
    ]


def _back(package: str, word: str, beyond: Sequence[str]) -> str:
    """Find `latest`, or `latest-3`: so many minor versions before it."""
    versions = minors(package, beyond)
    back = int(word.partition("-")[2] or 0)
    if not versions:
        raise BadConfiguration(
            f"the newest release of {package} is not known: no package index answered",
            next_step=f"check the network and UV_DEFAULT_INDEX, or name one: {package}==VERSION",
        )
    if back >= len(versions):
        raise BadConfiguration(
            f"{word} is before the first release: {package} has {len(versions)} minor versions",
            next_step=f"write {LATEST}-{len(versions) - 1} at most",
        )
    return versions[-1 - back]


def _patches(spec: Spec, beyond: Sequence[str]) -> list[str]:
    wanted = _minor(spec.version.removesuffix(".*"))
    known = [*(release.version for release in finals(spec.package)), *beyond]
    patches = [version for version in sorted(known, key=Version) if _minor(version) == wanted]
    return patches or [find(spec.package, spec.version.removesuffix(".*")).version]


def _between(spec: Spec, beyond: Sequence[str]) -> list[str]:
    """List both ends, and of the minor versions between them the last patches."""
    ends = [_end(spec.package, end, beyond) for end in spec.version.split(_BETWEEN)]
    low, high = map(_minor, ends)
    if Version(ends[0]) > Version(ends[1]):
        turned = _BETWEEN.join(reversed(spec.version.split(_BETWEEN)))
        raise BadConfiguration(
            f"the range {spec.version} ends before it starts", next_step=f"write {turned}"
        )
    known = {_minor(version): version for version in minors(spec.package, beyond)}
    major, newest = max(known)
    if high[0] == major:  # what the catalogue cannot know is asked of the package index
        unknown = range(newest + 1, high[1])
        known |= {(major, minor): f"{major}.{minor}.0" for minor in unknown}
    inside = [version for minor, version in known.items() if low < minor < high]
    return list(dict.fromkeys((ends[0], *inside, ends[1])))


def _end(package: str, end: str, beyond: Sequence[str]) -> str:
    if end.startswith(LATEST):
        return _back(package, end, beyond)
    newer = [version for version in beyond if _minor(version) == _minor(end)]
    is_minor = re.fullmatch(r"[0-9]+\.[0-9]+", end) is not None
    return newer[-1] if is_minor and newer else find(package, end).version


def _minor(version: str) -> tuple[int, int]:
    parsed = Version(version)
    return parsed.major, parsed.minor


def _key(spec: Spec) -> tuple[object, ...]:
    """What makes two candidates the same; a minor version alone is its last patch."""
    is_release = spec.package in CATALOGUED and not spec.existing and not spec.wheel
    is_known = is_release and not is_several(spec) and not spec.version.startswith(LATEST)
    version = find(spec.package, spec.version).version if is_known else spec.version
    extras = (spec.extras, spec.requirements, spec.knobs)
    return (spec.package, version, spec.python, extras, spec.existing, spec.wheel)


def _list(versions: Sequence[Spec]) -> str:
    return ", ".join(map(str, versions))
