"""Owns which files of this machine the places of a report are in: those of the repository here."""

import os
from collections.abc import Mapping
from pathlib import Path

from bot.core.places import place
from bot.core.plan import Plan
from bot.core.portable import relocated
from bot.core.report import Place

_LARGEST = 2**20


def places(plan: Plan, *, here: Path, environ: Mapping[str, str] = os.environ) -> dict[str, Place]:
    """Point to every case whose file lies in the repository around the folder `here`.

    A file that was planned elsewhere is looked for at the same place below `here`; where it cannot
    be read, its path is told without a line.
    """
    root = repository(here, environ)
    if root is None:
        return {}
    moved = relocated(plan, {"start": os.fspath(here)})
    found: dict[str, Place] = {}
    for case, its in zip(plan.cases, moved.cases, strict=True):
        file = Path(case.file) if Path(case.file).exists() else Path(its.file)
        if placed := place(case, file.resolve(), root, _text(file)):
            found[case.name] = placed
    return found


def repository(here: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the top of the git repository around a folder; else the workspace of the job."""
    here = here.resolve()
    tops = (folder for folder in (here, *here.parents) if (folder / ".git").exists())
    if top := next(tops, None):
        return top
    workspace = environ.get("GITHUB_WORKSPACE", "")
    root = Path(workspace).resolve() if workspace else None
    return root if root is not None and here.is_relative_to(root) else None


def _text(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            return opened.read(_LARGEST).decode("utf-8", errors="replace")
    except OSError:
        return None
