"""Owns where the files are that are run rather than imported: the noxfile and the workloads."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def noxfile() -> Path:
    """The noxfile of the checkout, or its copy inside an installed wheel."""
    return _root("noxfile.py") / "noxfile.py"


def workloads_root() -> Path:
    """The folder of the workloads and their harness."""
    return _root("workloads") / "workloads"


def _root(name: str) -> Path:
    bundled = _PACKAGE / "_bundled"
    return bundled if (bundled / name).exists() else _PACKAGE.parent
