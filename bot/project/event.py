"""Owns what a GitHub job tells of its pull request: two commits, read strictly."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.project.trouble import BadRepository

_MOST_BYTES: Final = 25 << 20
_EVENTS: Final = ("pull_request", "pull_request_target")
_Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]


class _Part(BaseModel):
    """A part of an event; GitHub adds fields at any time, so unknown ones are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class _Commit(_Part):
    sha: _Sha


class _Repository(_Part):
    full_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+/[A-Za-z0-9._-]+$")]


class _Head(_Commit):
    repo: _Repository | None = None  # the fork may be gone


class Pull(_Part):
    """The two commits of a pull request, as GitHub tells them."""

    base: _Commit
    head: _Head

    def is_from_a_fork(self, repository: str) -> bool:
        """Whether it comes from another repository than this `owner/name`, or one that is gone."""
        return self.head.repo is None or self.head.repo.full_name != repository


class _Event(_Part):
    pull_request: Pull


def pull_of(environ: Mapping[str, str]) -> Pull | None:
    """Read the pull request that this job is for; None outside of one."""
    named = environ.get("GITHUB_EVENT_PATH")
    if environ.get("GITHUB_EVENT_NAME") not in _EVENTS or not named:
        return None
    path = Path(named)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _unreadable(path, f"it has more than {_MOST_BYTES >> 20} MiB")
        return _Event.model_validate_json(path.read_bytes()).pull_request
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "payload"
        raise _unreadable(path, f"{place}: {first['msg']}") from error


def _unreadable(path: Path, why: str) -> BadRepository:
    return BadRepository(
        "the event of this job cannot be read",
        where=f"{path} (from GITHUB_EVENT_PATH): {why}",
        cause="GITHUB_EVENT_NAME and GITHUB_EVENT_PATH do not belong together, or the job runs in "
        "a container that does not see the runner's files",
        next_step="let the runner set both, or name the base: --base-ref BRANCH",
    )
