"""Owns the known releases: how they are asked for, when they came out, their Pythons.

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
from bot.core.plan import FRAMEWORKS
from bot.core.wheels import wheel_facts
from bot.errors import BadConfiguration, BadWorkload

PACKAGES = ("tensorflow", "tensorflow-cpu", "tf-nightly")
TENSORFLOW = PACKAGES
CATALOGUED = PACKAGES[:2]
OLDEST_PYTHON = (3, 6)
LATEST = "latest"
AUTO = "auto"
"""What a pull request changes: a word of `versions` alone."""

MODULES = {"torch": "torch", "numpy": "numpy", "python": "sys"}
"""What is imported of other frameworks; pure Python has what it needs before it is asked."""

EVERY_MINOR = "every-minor"
KINDS = ("existing", "wheel")
"""What is no release of a package: an interpreter used as it is, and a wheel."""

_VERSION = r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}(?:(?:a|b|rc)[0-9]{1,4})?(?:\.post[0-9]{1,4})?"
_VERSION += r"(?:\.dev[0-9]{1,8})?"
_END = rf"(?:{_VERSION}|{LATEST}(?:-[0-9]{{1,2}})?)"
_VERSIONS = rf"{EVERY_MINOR}|[0-9]{{1,4}}\.[0-9]{{1,4}}\.\*|{_END}(?:\.\.{_END})?"
_ALONE = "|".join((*PACKAGES, *FRAMEWORKS))
SPEC_PATTERN = (
    rf"(?:(?P<alone>{_ALONE})"
    r"|(?:(?P<package>[A-Za-z][A-Za-z0-9._-]{0,60})(?:\[(?P<extras>[A-Za-z0-9._, -]{0,100})\])?"
    rf" ?== ?)?(?P<version>{_VERSIONS}))(?:@(?P<python>[0-9]\.[0-9]{{1,2}}))?"
)
KIND_PATTERN = rf"(?P<kind>{'|'.join(KINDS)}):(?P<path>.+?)(?:@(?P<python>[0-9]\.[0-9]{{1,2}}))?"
_SPEC = re.compile(SPEC_PATTERN)
_KIND = re.compile(KIND_PATTERN)
_EXAMPLES = "such as 2.15.1, 2.9..2.21, latest, tensorflow-cpu==2.9.3 or 2.21.0@3.13"


@dataclass(frozen=True, kw_only=True, slots=True)
class Spec:
    """What was asked for: a release, a range of them, an interpreter or a wheel.

    `requirements` are installed beside it, `knobs` are set. An interpreter has its `existing` path
    and no version, a wheel its `wheel` path or address and what its name says.
    """

    package: str = PACKAGES[0]
    version: str
    python: str | None = None
    extras: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    knobs: tuple[tuple[str, str], ...] = ()
    existing: str | None = None
    wheel: str | None = None

    @property
    def is_auto(self) -> bool:
        """Whether the pull request says which releases are meant."""
        return self.version == AUTO

    @property
    def is_reference(self) -> bool:
        """Whether it is another framework, to look at beside the releases."""
        return self.package in FRAMEWORKS

    def __str__(self) -> str:
        python = f"@{self.python}" if self.python else ""
        if self.existing is not None:
            return f"existing:{self.existing}"
        if self.wheel is not None:
            return f"wheel:{self.wheel}{python}"
        if self.package == "python":
            return f"python=={self.version}" if self.version else "python"
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        default = self.package == PACKAGES[0] and not extras
        package = "" if default else f"{self.package}{extras}=="
        return f"{package}{self.version}{python}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """A release; one that the catalogue does not know has no date and no Pythons."""

    package: str
    version: str
    uploaded: date | None
    pythons: tuple[str, ...]


def parse_spec(text: str) -> Spec:
    """Read `2.15.1`, `2.9..2.21`, `tensorflow-cpu==2.9.3`, `2.21.0@3.13` or `existing:PATH`."""
    kind = _KIND.fullmatch(text.strip())
    if kind is not None:
        return of_kind(kind["kind"], kind["path"], kind["python"])
    match = _SPEC.fullmatch(text.strip())
    if match is None:
        raise BadConfiguration(
            f'"{text[:60]}" is no release', next_step=f"write a release {_EXAMPLES}"
        )
    package = canonicalize_name(match["alone"] or match["package"] or PACKAGES[0])
    valid = (*PACKAGES, *FRAMEWORKS)
    if package not in valid:
        known = nearest(package, valid) or PACKAGES
        raise BadConfiguration(
            f'"{package}" is no package this tool compares',
            next_step=f"write {' or '.join(known)}",
        )
    python = parse_python(match["python"]) if match["python"] else None
    if package == "python":
        return _pure_python(match["version"], python)
    extras = tuple(extra.strip() for extra in (match["extras"] or "").split(",") if extra.strip())
    version = match["version"] or LATEST
    return Spec(package=package, version=version, python=python, extras=extras)


def _pure_python(version: str | None, python: str | None) -> Spec:
    """Read the interpreter itself as a framework; without a version it is the baseline's."""
    minor = parse_python(version) if version else python
    if python not in {None, minor}:
        raise BadConfiguration(f"Python {version} is not Python {python}", next_step="write one")
    return Spec(package="python", version=minor or "", python=minor)


def of_kind(kind: str, path: str, python: str | None) -> Spec:
    """Read what is no release of a package: an interpreter, or a wheel and what it is called."""
    if not path.isprintable():
        raise BadConfiguration("a path has control characters", next_step="rename the file")
    if kind == "wheel":
        facts = wheel_facts(path)
        asked = parse_python(python) if python else None
        return Spec(package=facts.package, version=facts.version, python=asked, wheel=path)
    # An at sign and a number may well be the end of a folder's name.
    return Spec(version="", existing=f"{path}@{python}" if python else path)


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


def release_of(spec: Spec) -> Release:
    """Look up what was asked for, once it is no range any more."""
    if spec.wheel is None:
        return find(spec.package, spec.version)
    pythons = wheel_facts(spec.wheel).pythons
    base = Version(spec.version).public
    known = (r for r in catalogue().get(spec.package, ()) if Version(r.version) == Version(base))
    uploaded = next((release.uploaded for release in known), None)
    return Release(package=spec.package, version=spec.version, uploaded=uploaded, pythons=pythons)


def find(package: str, version: str) -> Release:
    """Look a release up; a minor version alone (`2.15`) means its last final patch.

    A version newer than all that are known is let through: the package index is asked for it.
    """
    if package not in CATALOGUED:
        return Release(package=package, version=version, uploaded=_nightly(version), pythons=())
    known = catalogue()[package]
    wanted = Version(version)
    exact = next((release for release in known if Version(release.version) == wanted), None)
    is_minor = re.fullmatch(r"[0-9]+\.[0-9]+", version) is not None
    patches = [r for r in finals(package) if Version(r.version).release[:2] == wanted.release]
    if is_minor and patches:
        return patches[-1]
    if exact is not None:
        return exact
    if wanted > Version(known[-1].version):
        name = f"{version}.0" if is_minor else version
        return Release(package=package, version=name, uploaded=None, pythons=())
    raise _unknown(package, wanted, version)


def _nightly(version: str) -> date | None:
    """Read the day that a nightly build is called after: 2.22.0.dev20251101."""
    match = re.search(r"\.dev([0-9]{8})$", version)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def finals(package: str) -> list[Release]:
    """List the known releases that are no candidates, oldest version first."""
    return [r for r in catalogue().get(package, ()) if not Version(r.version).is_prerelease]


def nearest_releases(package: str, version: str) -> tuple[str, ...]:
    """Offer the two final releases closest to a version that does not exist."""
    wanted = _three(Version(version))

    def distance(release: Release) -> tuple[int, ...]:
        numbers = _three(Version(release.version))
        return tuple(abs(a - b) for a, b in zip(numbers, wanted, strict=True))

    usual = [release for release in finals(package) if ".post" not in release.version]
    return tuple(release.version for release in sorted(usual, key=distance)[:2])


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
    return Version(release_number(release).base_version) >= Version(oldest.base_version)


def release_number(version: str) -> Version:
    """Read a version; of one made by hand, such as 2.21.0-custom, the number it starts with."""
    try:
        return Version(version)
    except InvalidVersion:
        number = re.match(r"[0-9]+(?:\.[0-9]+)+", version)
        if number is None:
            raise
        return Version(number[0])


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


def _three(version: Version) -> tuple[int, int, int]:
    return version.major, version.minor, version.micro


def _unknown(package: str, wanted: Version, version: str) -> BadConfiguration:
    elsewhere = [
        f"{other}=={release.version}"
        for other in CATALOGUED
        for release in catalogue()[other]
        if other != package and Version(release.version) == wanted
    ]
    offers = [*elsewhere, *nearest_releases(package, version)]
    return BadConfiguration(
        f"There is no {package} {version}", next_step=f"choose one of {', '.join(offers)}"
    )
