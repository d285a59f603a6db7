"""Owns the known releases: how one is asked for, when it came out, which Pythons it has wheels for.

The catalogue is read from a file of this package, once. It is constant data, the same in every
universe the package is installed in, and so no breach of the core's purity.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from bot.core.config_mistakes import nearest
from bot.errors import BadConfiguration, BadWorkload

PACKAGES = ("tensorflow", "tensorflow-cpu")
OLDEST_PYTHON = (3, 6)

_VERSION = r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}(?:(?:a|b|rc)[0-9]{1,4})?(?:\.post[0-9]{1,4})?"
_VERSION += r"(?:\.dev[0-9]{1,8})?"
SPEC_PATTERN = (
    r"(?:(?P<package>[A-Za-z][A-Za-z0-9._-]{0,60})(?:\[(?P<extras>[A-Za-z0-9._, -]{0,100})\])?"
    rf" ?== ?)?(?P<version>{_VERSION})(?:@(?P<python>[0-9]\.[0-9]{{1,2}}))?"
)
_SPEC = re.compile(SPEC_PATTERN)
_EXAMPLES = "such as 2.15.1, tensorflow-cpu==2.9.3 or 2.21.0@3.13"


@dataclass(frozen=True, kw_only=True, slots=True)
class Spec:
    """A release as it was asked for; `requirements` are installed beside it, `knobs` are set."""

    package: str = "tensorflow"
    version: str
    python: str | None = None
    extras: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    knobs: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        default = self.package == PACKAGES[0] and not extras
        package = "" if default else f"{self.package}{extras}=="
        return f"{package}{self.version}" + (f"@{self.python}" if self.python else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """A release; one that the catalogue does not know has no date and no Pythons."""

    package: str
    version: str
    uploaded: date | None
    pythons: tuple[str, ...]


def parse_spec(text: str) -> Spec:
    """Read `2.15.1`, `tensorflow-cpu==2.9.3`, `tensorflow[and-cuda]==2.21.0` or `2.21.0@3.13`."""
    match = _SPEC.fullmatch(text.strip())
    if match is None:
        raise BadConfiguration(
            f'"{text[:60]}" is no release', next_step=f"write a release {_EXAMPLES}"
        )
    package = canonicalize_name(match["package"] or PACKAGES[0])
    if package not in PACKAGES:
        known = nearest(package, PACKAGES) or PACKAGES
        raise BadConfiguration(
            f'"{package}" is no package this tool compares',
            next_step=f"write {' or '.join(known)}",
        )
    extras = tuple(extra.strip() for extra in (match["extras"] or "").split(",") if extra.strip())
    return Spec(
        package=package,
        version=match["version"],
        python=parse_python(match["python"]) if match["python"] else None,
        extras=extras,
    )


def parse_python(text: str) -> str:
    """Read the minor version of an interpreter that the harness runs on."""
    match = re.fullmatch(r"(3)\.([0-9]|[1-9][0-9])", text.strip())
    if match is None or (int(match[1]), int(match[2])) < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        raise BadConfiguration(
            f'"{text[:60]}" is no Python that workloads run on',
            next_step=f"write a minor version from {oldest} on, such as 3.11",
        )
    return match[0]


def parse_requirement(text: str) -> str:
    """Read what is installed beside a release, such as `keras==3.5.0`."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise BadConfiguration(
            f'"{text[:60]}" is no requirement', next_step="write it as keras==3.5.0"
        ) from error
    if requirement.url is not None:
        raise BadConfiguration(
            f'"{text[:60]}" is fetched from an address, which cannot be pinned by a hash',
            next_step="write a release from the package index, such as keras==3.5.0",
        )
    return str(requirement)


def find(package: str, version: str) -> Release:
    """Look a release up; a minor version alone (`2.15`) means its last final patch.

    A version newer than all that are known is let through: the package index is asked for it.
    """
    known = catalogue()[package]
    wanted = Version(version)
    exact = next((release for release in known if Version(release.version) == wanted), None)
    is_minor = re.fullmatch(r"[0-9]+\.[0-9]+", version) is not None
    patches = [
        r for r in known if _is_final(r) and Version(r.version).release[:2] == wanted.release
    ]
    if is_minor and patches:
        return patches[-1]
    if exact is not None:
        return exact
    if wanted > Version(known[-1].version):
        name = f"{version}.0" if is_minor else version
        return Release(package=package, version=name, uploaded=None, pythons=())
    raise _unknown(package, wanted, version)


def nearest_releases(package: str, version: str) -> tuple[str, ...]:
    """Offer the two final releases closest to a version that does not exist."""
    wanted = _three(Version(version))

    def distance(release: Release) -> tuple[int, ...]:
        numbers = _three(Version(release.version))
        return tuple(abs(a - b) for a, b in zip(numbers, wanted, strict=True))

    finals = [r for r in catalogue()[package] if _is_final(r) and ".post" not in r.version]
    return tuple(release.version for release in sorted(finals, key=distance)[:2])


def supports(release: str, since: str | None) -> bool:
    """Say whether a release is at least `since`; a candidate of a release counts as the release."""
    if since is None:
        return True
    try:
        oldest = Version(since)
    except InvalidVersion as error:
        raise BadWorkload(
            f'SINCE = "{since[:60]}" is no release', next_step='write it as SINCE = "2.4"'
        ) from error
    return Version(Version(release).base_version) >= Version(oldest.base_version)


@cache
def catalogue() -> Mapping[str, tuple[Release, ...]]:
    """Every known release of every package, oldest version first."""
    text = files("bot.core").joinpath("catalogue.json").read_text(encoding="utf-8")
    return {
        package: tuple(
            Release(
                package=package,
                version=version,
                uploaded=date.fromisoformat(uploaded),
                pythons=tuple(pythons.split()),
            )
            for version, (uploaded, pythons) in sorted(
                releases.items(), key=lambda item: Version(item[0])
            )
        )
        for package, releases in json.loads(text).items()
    }


def _is_final(release: Release) -> bool:
    return not Version(release.version).is_prerelease


def _three(version: Version) -> tuple[int, int, int]:
    return version.major, version.minor, version.micro


def _unknown(package: str, wanted: Version, version: str) -> BadConfiguration:
    elsewhere = [
        f"{other}=={release.version}"
        for other in PACKAGES
        for release in catalogue()[other]
        if other != package and Version(release.version) == wanted
    ]
    offers = [*elsewhere, *nearest_releases(package, version)]
    return BadConfiguration(
        f"There is no {package} {version}", next_step=f"choose one of {', '.join(offers)}"
    )
