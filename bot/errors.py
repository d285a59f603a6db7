"""Owns what a run can end with: exit codes, and errors that tell a person what to do next."""

import errno
from enum import IntEnum

DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""What the system says when a disk takes no more, whatever was to be written."""


class ExitCode(IntEnum):
    """How the process ends; `core.conclusion` chooses it together with what the comment says."""

    NOTHING_TO_ACT_ON = 0
    REGRESSION = 1
    USAGE = 2
    PARTLY_MEASURED = 3
    PUBLISHING_FAILED = 4
    BUG = 70
    INTERRUPTED = 130


class TfperfError(Exception):
    """Something a person can act on: what happened, where, the likely cause, the next command."""

    exit_code = ExitCode.USAGE

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        cause: str | None = None,
        next_step: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.cause = cause
        self.next_step = next_step

    def __str__(self) -> str:
        lines = [self.what]
        lines += [f"  where: {self.where}"] if self.where else []
        lines += [f"  likely cause: {self.cause}"] if self.cause else []
        lines += [f"  next: {self.next_step}"] if self.next_step else []
        return "\n".join(lines)


class BadConfiguration(TfperfError):
    """The configuration file, the environment or the command line asks for what cannot be."""


class BadWorkload(TfperfError):
    """A workload file cannot be read as one."""


class BadRunFolder(TfperfError):
    """A run folder is missing, in use, or does not hold what it should."""


class CannotWrite(TfperfError):
    """The disk takes no more; what it took before is safe."""

    exit_code = ExitCode.PARTLY_MEASURED


class CannotDraw(TfperfError):
    """A chart could not be drawn; the report and all that is written in words are there."""


class CannotStart(TfperfError):
    """A worker cannot be started; no workload had a say in it."""

    exit_code = ExitCode.PARTLY_MEASURED


class CannotPublish(TfperfError):
    """The verdict stands, the comment was not written."""

    exit_code = ExitCode.PUBLISHING_FAILED
