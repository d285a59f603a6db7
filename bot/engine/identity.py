"""Owns the check that what was imported is what was asked for, from where it was installed."""

import os
from pathlib import Path

from packaging.version import InvalidVersion, Version

from bot.core.outcome import Failed
from bot.core.plan import Environment
from bot.core.releases import release_number
from bot.engine.reply import Reply, text


def wrong_version(environment: Environment, reply: Reply, python: Path) -> Failed | None:
    """Compare what was imported with what was asked for; None when it is the same.

    Raises `CaseFailed` where a worker does not say what it imported.
    """
    if environment.package == "python":
        return _wrong_python(environment, reply)
    found, file = text(reply, "framework_version"), text(reply, "file")
    if found is not None and _release(found) != _release(environment.release):
        reason = f"asked for {environment.package} {environment.release}, imported {found}"
        return Failed(kind="version", reason=reason, detail=str(file))
    # A virtual environment links to an interpreter elsewhere: its prefix is told by its own path.
    prefix = Path(environment.imported_from or python.parent.parent).resolve()
    if not Path(file or os.sep).resolve().is_relative_to(prefix):
        place = "the folder it was found in" if environment.imported_from else "its environment"
        reason = f"{environment.package} was imported from outside {place}"
        return Failed(kind="version", reason=reason, detail=str(file))
    return None


def _wrong_python(environment: Environment, reply: Reply) -> Failed | None:
    """Compare the interpreter itself; its own modules lie outside any virtual environment."""
    started = text(reply, "python")
    if f"{started}.".startswith(f"{environment.release}."):
        return None
    reason = f"asked for Python {environment.release}, started {started}"
    return Failed(kind="version", reason=reason)


def _release(version: str) -> tuple[object, ...]:
    """What must agree: a post-release is the same code, and calls itself by its first name.

    Of one made by hand, the number it starts with: its distribution may write the rest otherwise.
    """
    try:
        parsed = release_number(version)
    except InvalidVersion:
        return (version,)
    return Version(parsed.base_version), parsed.pre, parsed.dev
