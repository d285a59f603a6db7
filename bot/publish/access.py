"""Owns how GitHub is reached from a job: the repository, the address, the token, or why not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.errors import CannotPublish
from bot.publish.event import FULL_NAME

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that may be spoken to in the clear."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """What it takes to ask GitHub anything about the repository of this job."""

    repository: str
    api_url: str
    token: str = field(repr=False)


def read_access(environ: Mapping[str, str]) -> Access:
    """Read how to ask GitHub, whatever the event is."""
    return Access(
        repository=repository_name(environ),
        api_url=api_address(environ),
        token=job_token(environ),
    )


def repository_name(environ: Mapping[str, str]) -> str:
    """Return owner/name."""
    repository = required(environ, "GITHUB_REPOSITORY")
    if not re.fullmatch(FULL_NAME, repository):
        raise malformed("GITHUB_REPOSITORY", repository, "owner/name")
    return repository


def api_address(environ: Mapping[str, str]) -> str:
    """Return where the token is sent."""
    url = environ.get("GITHUB_API_URL") or "https://api.github.com"
    wanted = "an https:// address, because the token is sent there"
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise malformed("GITHUB_API_URL", url, wanted) from error
    local = parts.hostname in LOCAL
    if not parts.hostname or parts.scheme not in ({"https", "http"} if local else {"https"}):
        raise malformed("GITHUB_API_URL", url, wanted)
    return url


def job_token(environ: Mapping[str, str]) -> str:
    """Return the token that was handed over."""
    if token := environ.get("GITHUB_TOKEN"):
        return token
    raise CannotPublish(
        "there is no token to write the comment with",
        where="environment variable GITHUB_TOKEN",
        cause="a step sees the job's token only when it is handed over",
        next_step="add to the publishing step:\n    env:\n      GITHUB_TOKEN: ${{ github.token }}",
    )


def required(environ: Mapping[str, str], name: str) -> str:
    """Return a variable that the runner sets in every job."""
    if value := environ.get(name):
        return value
    raise CannotPublish(
        f"{name} is not set",
        where="environment",
        cause="publishing only works inside a GitHub Actions job",
        next_step="run `tfperf publish` in a step of a GitHub Actions job; "
        "the report itself is complete in the run folder",
    )


def malformed(name: str, value: str, wanted: str) -> CannotPublish:
    """Say that a variable is not what the runner would set."""
    return CannotPublish(
        f"{name} is {value!r}, but has to be {wanted}",
        where="environment",
        cause="the variable was overridden",
        next_step=f"let the runner set {name}",
    )
