"""Owns what a project's files say about TensorFlow: every mention with its file and its line."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

Strength = Literal["lock", "pin", "range"]
ORDER: Final[tuple[Strength, ...]] = ("lock", "pin", "range")
"""Lock files win over pins, pins over ranges."""

NAMES: Final = {
    "tensorflow": "tensorflow",
    "tensorflow-cpu": "tensorflow-cpu",
    "tf-nightly": "tf-nightly",
    # The same code for other machines, or by an older name.
    "tensorflow-gpu": "tensorflow",
    "tensorflow-intel": "tensorflow",
    "tensorflow-macos": "tensorflow",
    "tensorflow-cpu-aws": "tensorflow-cpu",
}
"""What installs TensorFlow, and the package that is measured for it."""

MOST_CHARACTERS: Final = 16 << 20
_LONGEST_QUOTE = 80
_PARTS = 3
_MACHINES = ("x86_64", "aarch64")
_PYTHONS = tuple(f"3.{minor}" for minor in range(7, 15))


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One mention of TensorFlow; `version` is None where it is not a single release."""

    package: str
    version: str | None
    written: str
    file: str
    line: int
    strength: Strength

    @property
    def place(self) -> str:
        """Where it stands: requirements.txt:3."""
        return f"{self.file}:{self.line}"

    def __str__(self) -> str:
        verb = {"lock": "locks", "pin": "pins", "range": "asks for"}[self.strength]
        return f"{self.place} {verb} {self.written}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What one file says; `follows` are the files it includes, by their paths.

    `constraints` are those of them that install nothing: what is installed otherwise obeys them.
    """

    asked: tuple[Asked, ...] = ()
    notes: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Single:
    """One release; `asked` is where it stands."""

    package: str
    version: str
    asked: Asked


@dataclass(frozen=True, kw_only=True, slots=True)
class Unclear:
    """No single release, and why."""

    reason: str


Answer = Single | Unclear


def answer(asked: Iterable[Asked], *, within: Collection[str] | None = None) -> Answer:
    """Say which release a project asks for: locks win over pins, pins over ranges.

    `within`: look at these files alone.
    """
    mentions = [each for each in asked if within is None or each.file in within]
    if not mentions:
        return Unclear(reason="no dependency file names TensorFlow")
    for strength in ORDER:
        strong = [each for each in mentions if each.strength == strength]
        if strong:
            return _single(strong)
    raise AssertionError  # every mention has one of the strengths


def _single(mentions: Sequence[Asked]) -> Answer:
    exact = {(each.package, each.version): each for each in reversed(mentions) if each.version}
    if len(exact) == 1:
        (package, version), asked = next(iter(exact.items()))
        return Single(package=package, version=str(version), asked=asked)
    if not exact:
        return Unclear(reason=f"{mentions[0]}, which is not a single release")
    named = " and ".join(str(each) for each in list(reversed(exact.values()))[:2])
    more = f" and {len(exact) - 2} more" if len(exact) > 2 else ""  # noqa: PLR2004 (two are named)
    return Unclear(reason=f"{named}{more}: not a single release")


def mention(text: str, *, file: str, line: int) -> Asked | None:
    """Read one requirement of PEP 508; None where it is of something else, or not for Linux.

    Raises `InvalidRequirement` where it is no requirement.
    """
    requirement = Requirement(text)
    package = NAMES.get(canonicalize_name(requirement.name))
    if package is None or not applies(requirement.marker):
        return None
    version = None if requirement.url else exact(requirement.specifier)
    return Asked(
        package=package,
        version=version,
        written=quoted(text.partition(";")[0].strip()),
        file=file,
        line=line,
        strength="pin" if version else "range",
    )


def exact(specifier: SpecifierSet) -> str | None:
    """Return the one release that a specifier allows; None where there may be others."""
    for each in specifier:
        if each.operator in {"==", "==="} and not each.version.endswith(".*"):
            return release(each.version)
    return None


def release(version: str) -> str | None:
    """Name a release in full: 2.15 is 2.15.0 here. None: it is no release of the index."""
    try:
        parsed = Version(version)
    except InvalidVersion:
        return None
    if parsed.local or parsed.epoch:
        return None
    if len(parsed.release) < _PARTS and not parsed.is_devrelease:
        numbers = [*parsed.release, *([0] * (_PARTS - len(parsed.release)))]
        rest = str(parsed)[len(".".join(map(str, parsed.release))) :]
        return ".".join(map(str, numbers)) + rest
    return str(parsed)


def applies(marker: Marker | None) -> bool:
    """Whether something is installed on Linux with any Python and machine we know."""
    if marker is None:
        return True
    try:
        return any(
            marker.evaluate(_linux(python, machine)) for python in _PYTHONS for machine in _MACHINES
        )
    except (UndefinedComparison, UndefinedEnvironmentName, InvalidVersion):
        return True  # what cannot be decided is not left out


def _linux(python: str, machine: str) -> dict[str, str]:
    return {
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "python_version": python,
        "python_full_version": f"{python}.9",
        "extra": "",
    }


def quoted(text: str) -> str:
    """Show what was written on one line, without what no page should carry."""
    clean = "".join(c if c.isprintable() else "?" for c in re.sub(r"\s+", " ", text))
    clean = re.sub(r"://[^/@\s]*@", "://", clean)  # an address may carry a password
    return clean if len(clean) <= _LONGEST_QUOTE else clean[: _LONGEST_QUOTE - 1] + "…"


def unreadable(file: str, why: str) -> Reading:
    """Say that a file could not be read as what it is called."""
    return Reading(notes=(f"{file} was not read: {quoted(why)}",))
