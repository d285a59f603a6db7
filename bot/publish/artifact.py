"""Owns fetching the artifact of a run: which one, from where, and how much of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn
from urllib.parse import urlsplit

import requests

from bot.errors import CannotPublish
from bot.publish.access import LOCAL
from bot.publish.api import Artifact
from bot.publish.archive import MOST_BYTES
from bot.publish.context import MeasuringRun
from bot.publish.session import Session
from bot.publish.trouble import READING_RUNS, StorageRefused

ARTIFACT = "tfperf-report"
PIECE = 65_536
OK = 200


class NoArtifact(CannotPublish):
    """The run left no report behind."""


class BadArtifact(CannotPublish):
    """What the run left behind is none of ours, and is not read."""


def artifact_name(key: str) -> str:
    """Return what the artifact with the report is called."""
    return ARTIFACT if key == "default" else f"{ARTIFACT}-{key}"


def fetch_archive(session: Session, key: str) -> bytes:
    """Return the archive that the measuring run left, unread; raise NoArtifact without one."""
    run, name = session.context.measured, artifact_name(key)

    def fetch() -> bytes:
        listed = session.api.artifacts(run.id, name)
        named = [each for each in listed.artifacts if each.name == name]
        artifact = _only(named, run, name)
        return _download(session, session.api.artifact_address(artifact.id))

    return session.persist(fetch, permission=READING_RUNS)


def _only(found: Sequence[Artifact], run: MeasuringRun, name: str) -> Artifact:
    """Return the one of this attempt: what earlier attempts left behind is still listed."""
    where = f"{run.url}, attempt {run.attempt}, artifact {name}"
    is_there = bool(found)
    found = [each for each in found if _is_since(each.created_at, run.began)]
    if not found and is_there:
        raise NoArtifact(
            f"attempt {run.attempt} of the run left no report behind",
            where=where,
            cause="it ended before anything could be concluded, or did not run all jobs; the "
            "report that is there is of an earlier attempt",
            next_step="look at its log, and run all jobs again, not only those that failed",
        )
    if not found:
        raise NoArtifact(
            "the run left no report behind",
            where=where,
            cause="it was cancelled, or it failed before anything could be concluded",
            next_step="look at its log, and measure again",
        )
    if len(found) > 1:
        _refuse(f"there are {len(found)} of that name", where)
    artifact = found[0]
    if artifact.expired:
        raise NoArtifact(
            "the report of the run has expired",
            where=where,
            cause="artifacts are kept for as long as `retention-days` says",
            next_step="measure again",
        )
    if artifact.size_in_bytes > MOST_BYTES:
        _refuse(f"it has {artifact.size_in_bytes} bytes, more than {MOST_BYTES}", where)
    return artifact


def _is_since(created: datetime | None, began: datetime | None) -> bool:
    return created is not None and (began is None or created >= began)


def _download(session: Session, address: str) -> bytes:
    """Fetch what the address holds: without our token, which is GitHub's business alone."""
    _check_address(address)
    # Nothing is repeated here: the next attempt asks GitHub for a new address.
    with (
        requests.Session() as plain,
        plain.get(
            address,
            headers={"Accept-Encoding": "identity"},
            auth=_no_credentials,
            timeout=session.pace.request_timeout_seconds,
            allow_redirects=False,
            stream=True,
        ) as response,
    ):
        if response.status_code != OK:
            raise StorageRefused(response.status_code)
        content = bytearray()
        for piece in response.raw.stream(PIECE, decode_content=False):
            content += piece
            if len(content) > MOST_BYTES:
                _refuse(f"it does not end after {MOST_BYTES} bytes", _host(address))
            session.deadline.wait(0, "the artifact did not come to its end")
    return bytes(content)


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep `requests` from adding those of a .netrc."""
    return request


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in ({"https", "http"} if host in LOCAL else {"https"}):
        _refuse("it lies at an address that is not https://", "the answer of GitHub")


def _host(address: str) -> str:
    return urlsplit(address).hostname or "the storage"


def _refuse(why: str, where: str) -> NoReturn:
    raise BadArtifact(
        f"the artifact is refused: {why}",
        where=where,
        cause="the job that measured did something else than this tool does",
        next_step="measure again; if it stays, look at what the pull request does to its artifact",
    )
