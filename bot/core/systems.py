"""Owns what depends on the operating system: how cases are kept apart, and where nothing runs.

Linux is what is tested. What the worker asks of the system is in `workloads/harness/process.py`.
"""

from typing import Literal, get_args

from bot.core.plan import Device, Isolation
from bot.errors import BadConfiguration, CannotStart

AskedIsolation = Literal["auto", "fork", "process"]
ASKED_ISOLATIONS: tuple[AskedIsolation, ...] = get_args(AskedIsolation)


def isolation(asked: AskedIsolation, *, device: Device, system: str) -> Isolation:
    """Choose how cases are kept apart, for `sys.platform`; raise where it cannot be as asked.

    Forking after one import saves the import of every case. It is safe on Linux only: macOS's
    libraries refuse to work in a forked child, and so does a GPU's driver.
    """
    why_not = _why_not_fork(device, system)
    if asked == "fork" and why_not:
        raise BadConfiguration(
            f"`isolation: fork` cannot be had: {why_not}",
            next_step="leave `isolation` out, or write `isolation: process`",
        )
    if asked == "auto":
        return "process" if why_not else "fork"
    return asked


def _why_not_fork(device: Device, system: str) -> str | None:
    if device == "gpu":
        return "a GPU's driver does not work in a forked child"
    if not system.startswith("linux"):
        return "forked children are reliable on Linux only"
    return None


def must_be_served(system: str) -> None:
    """Refuse to measure where workers cannot be asked over pipes of their own."""
    if system == "win32":
        raise CannotStart(
            "Windows is not served: workers are asked over pipes that it does not have",
            cause="tfperf was started by a Python for Windows",
            next_step="run it in WSL 2, in a container, or on a Linux runner",
        )
