"""Owns which releases can be had on a machine: the last patch of every minor version."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from packaging.version import Version

from bot.core.checkup import PythonHere
from bot.core.machine_facts import MachineFacts
from bot.core.pythons import Choice, NoPython, choose_pythons
from bot.core.ranges import minors
from bot.core.releases import OLDEST_PYTHON, PACKAGES, Release, Spec, find

Standing = Literal["here", "fetched", "missing"]
"""Its Python is here, uv fetches it when it is needed, or it is nowhere."""

_PACKAGE = PACKAGES[0]
_AVX_SINCE = Version("1.6")


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionRow:
    """A release, and what this machine has for it."""

    release: str
    uploaded: str | None
    pythons: tuple[str, ...]
    python: str
    standing: Standing
    reason: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionTable:
    """Every minor version, oldest first; `notes` hold for all of them."""

    rows: tuple[VersionRow, ...]
    notes: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many cannot be had here."""
        return sum(row.standing == "missing" for row in self.rows)


def version_table(
    pythons: Sequence[PythonHere], machine: MachineFacts, beyond: Sequence[str] = ()
) -> VersionTable:
    """Judge every release alone, with the newest Python it can have; `beyond`: unknown ones."""
    releases = [find(_PACKAGE, version) for version in minors(_PACKAGE, beyond)]
    return VersionTable(
        rows=tuple(_row(release, pythons, machine.cpu_flags) for release in releases),
        notes=_notes(machine),
    )


def to_json(table: VersionTable) -> dict[str, object]:
    """Turn all of it into JSON values."""
    return asdict(table)


def _row(
    release: Release, pythons: Sequence[PythonHere], flags: Collection[str] | None
) -> VersionRow:
    here = [python.minor for python in pythons if python.path is not None]
    fetched = [python.minor for python in pythons if python.is_fetchable]
    standing: Standing = "here"
    choice = _choice(release, here)
    if isinstance(choice, NoPython):
        standing, choice = "fetched", _choice(release, [*here, *fetched])
    usable = tuple(minor for minor in release.pythons if _serves(minor))
    row = VersionRow(
        release=release.version,
        uploaded=release.uploaded.isoformat() if release.uploaded else None,
        pythons=usable,
        python=choice.python,
        standing=standing,
    )
    if isinstance(choice, NoPython):
        remedy = next((each.remedy for each in pythons if each.minor == choice.python), None)
        reason = f"no Python {' or '.join(usable)} is here" if usable else choice.reason
        return replace(row, standing="missing", reason=reason, remedy=remedy)
    if flags is not None and "avx" not in flags and Version(release.version) >= _AVX_SINCE:
        reason = "it crashes at import: this processor has no AVX"
        return replace(row, standing="missing", reason=reason, remedy="use a machine with AVX")
    return row


def _choice(release: Release, minors_here: Collection[str]) -> Choice:
    spec = Spec(package=release.package, version=release.version)
    return choose_pythons([(spec, release)], minors_here, None)[0]


def _serves(minor: str) -> bool:
    return tuple(int(part) for part in minor.split(".")) >= OLDEST_PYTHON


def _notes(machine: MachineFacts) -> tuple[str, ...]:
    if machine.architecture == "x86_64":
        return ()
    return (
        f"Known are the wheels for x86_64; many releases have none for {machine.architecture}.",
    )
