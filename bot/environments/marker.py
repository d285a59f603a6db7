"""Owns `tfperf.json`, written last into an environment: what it holds, and that it is complete."""

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

MARKER: Final = "tfperf.json"


class Expected(BaseModel):
    """What an environment must have been built from to be used again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    lock_digest: str
    interpreter: Path
    interpreter_version: str
    subject_digest: str | None = None


class Marker(BaseModel):
    """What the Nox session wrote when everything else was done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    expected: Expected
    python: Path
    site_packages: Path
    distributions: tuple[str, ...]
    packages: dict[str, str]
    not_compilable: tuple[str, ...]
    installed_bytes: int | None = None


def find(environments: Path, environment_id: str) -> Marker | None:
    """Find an environment's marker; Nox shortens long paths, so folders are not told by name."""
    for path in sorted(environments.glob(f"*/{MARKER}")):
        marker = _read(path)
        if marker is not None and marker.expected.id == environment_id:
            return marker
    return None


def _read(path: Path) -> Marker | None:
    try:
        return Marker.model_validate_json(path.read_bytes())
    except ValidationError:
        return None


def why_not(marker: Marker | None, expected: Expected) -> str | None:
    """Say why an environment must be built again, or None when it may be used as it is."""
    if marker is None:
        return "new"
    if marker.expected != expected:
        return _changed(marker.expected, expected)
    if not marker.python.exists():
        return "its interpreter is gone"
    if distributions(marker.site_packages) != marker.distributions:
        return "its packages were changed by hand"
    return None


def _changed(before: Expected, now: Expected) -> str:
    if before.lock_digest != now.lock_digest:
        return "its lock changed"
    if before.subject_digest != now.subject_digest:
        return "the project changed"
    return "its interpreter changed"


def distributions(site_packages: Path) -> tuple[str, ...]:
    """List what is installed, as the folders say; the noxfile does the same."""
    return tuple(sorted(path.name for path in site_packages.glob("*-info")))
