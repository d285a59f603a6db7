"""Owns the few requests publishing makes: each answer is parsed before anything trusts it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from github.Requester import Requester
from pydantic import BaseModel, ConfigDict, ValidationError
from requests.utils import parse_header_links

from bot.publish.deadline import Deadline
from bot.publish.event import Head
from bot.publish.trouble import InvalidAnswer

PER_PAGE = 100


class Answer(BaseModel):
    """A part of what GitHub answers; unknown fields are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class User(Answer):
    """An account; `type` tells people (`User`) from programs (`Bot`)."""

    login: str
    type: str


class Comment(Answer):
    """A comment; its `user` is null once the account is deleted."""

    id: int
    body: str
    html_url: str
    created_at: datetime
    user: User | None

    @property
    def author(self) -> str:
        """Return the login of who wrote it, or nothing."""
        return self.user.login if self.user else ""


class Pull(Answer):
    """A pull request, with the commit it proposes now."""

    number: int
    state: str
    head: Head


class ChangedFile(Answer):
    """A file that a pull request changes; a renamed one has two names."""

    filename: str
    previous_filename: str | None = None


class Artifact(Answer):
    """What a run left behind; gone is what is in it once it has expired."""

    id: int
    name: str
    size_in_bytes: int
    expired: bool
    created_at: datetime | None


class Artifacts(Answer):
    """A page of artifacts."""

    total_count: int
    artifacts: list[Artifact]


class CheckRun(Answer):
    """A line among the checks of a commit."""

    id: int
    external_id: str | None
    status: str
    html_url: str | None = None


class CheckRuns(Answer):
    """A page of check runs."""

    check_runs: list[CheckRun]


class Problem(Answer):
    """What GraphQL says of a part that it does not answer; `type` is missing in bad hours."""

    message: str
    type: str | None = None
    path: list[str | int] = []


class GraphQl(Answer):
    """An answer of GraphQL: parts may be missing, each with its problem."""

    data: dict[str, Any] | None = None
    errors: list[Problem] = []


Parsed = TypeVar("Parsed", bound=Answer)


@dataclass(frozen=True, kw_only=True, slots=True)
class Api:
    """GitHub's REST interface to one repository."""

    requester: Requester
    repository: str
    deadline: Deadline

    def pull(self, number: int) -> Pull:
        """Return one pull request as it is now."""
        _, data = self._send("GET", f"pulls/{number}")
        return parsed(Pull, data)

    def open_pulls(self, head: str) -> list[Pull]:
        """Return the open pull requests from `owner:branch`."""
        return self._all(Pull, "pulls", {"state": "open", "head": head})

    def comments(self, pull: int) -> list[Comment]:
        """Return every comment in the conversation of a pull request."""
        return self._all(Comment, f"issues/{pull}/comments", {})

    def create_comment(self, pull: int, body: str) -> Comment:
        """Write a new comment; sent once, because it cannot be known whether it arrived."""
        _, data = self._send("POST", f"issues/{pull}/comments", body={"body": body})
        return parsed(Comment, data)

    def edit_comment(self, comment: int, body: str) -> Comment:
        """Replace the text of a comment."""
        _, data = self._send("PATCH", f"issues/comments/{comment}", body={"body": body})
        return parsed(Comment, data)

    def delete_comment(self, comment: int) -> None:
        """Remove a comment."""
        self._send("DELETE", f"issues/comments/{comment}")

    def changed_files(self, pull: int) -> list[ChangedFile]:
        """Return the files that a pull request changes; GitHub lists 3,000 at most."""
        return self._all(ChangedFile, f"pulls/{pull}/files", {})

    def artifacts(self, run: int, name: str) -> Artifacts:
        """Return what a run left behind under a name, in all its attempts."""
        query = {"name": name, "per_page": PER_PAGE}
        _, data = self._send("GET", f"actions/runs/{run}/artifacts", query=query)
        return parsed(Artifacts, data)

    def artifact_address(self, artifact: int) -> str:
        """Return where the archive of an artifact can be fetched for a minute, without a token."""
        headers, _ = self._send("GET", f"actions/artifacts/{artifact}/zip")
        location = headers.get("location")
        if not isinstance(location, str):
            raise InvalidAnswer
        return location

    def check_runs(self, commit: str, name: str) -> list[CheckRun]:
        """Return the check runs of a commit with a name, whoever made them."""
        query = {"check_name": name, "filter": "all", "per_page": PER_PAGE}
        found: list[CheckRun] = []
        page = 1
        while True:
            asked = query | {"page": page}
            headers, data = self._send("GET", f"commits/{commit}/check-runs", query=asked)
            found += parsed(CheckRuns, data).check_runs
            if not _has_next(headers):
                return found
            page += 1

    def create_check_run(self, fields: dict[str, Any]) -> CheckRun:
        """Add a check run; sent once, as a comment is."""
        _, data = self._send("POST", "check-runs", body=fields)
        return parsed(CheckRun, data)

    def update_check_run(self, check_run: int, fields: dict[str, Any]) -> CheckRun:
        """Change a check run."""
        _, data = self._send("PATCH", f"check-runs/{check_run}", body=fields)
        return parsed(CheckRun, data)

    def comment(self, number: int) -> Comment:
        """Return one comment as it is now."""
        _, data = self._send("GET", f"issues/comments/{number}")
        return parsed(Comment, data)

    def graphql(self, query: str, variables: dict[str, Any]) -> GraphQl:
        """Ask GraphQL; what it says of parts that it leaves out is for the caller to judge."""
        self.deadline.wait(0, "a query was not sent any more")
        _, data = self.requester.requestJsonAndCheck(
            "POST",
            self.requester.graphql_url,
            input={"query": query, "variables": variables},
        )
        return parsed(GraphQl, data)

    def _all(self, model: type[Parsed], path: str, query: dict[str, Any]) -> list[Parsed]:
        found: list[Parsed] = []
        page = 1
        while True:
            asked = query | {"per_page": PER_PAGE, "page": page}
            headers, data = self._send("GET", path, query=asked)
            if not isinstance(data, list):
                raise InvalidAnswer
            found += [parsed(model, item) for item in data]
            if not _has_next(headers):
                return found
            page += 1

    def _send(
        self,
        verb: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
    ) -> tuple[dict[str, Any], Any]:
        self.deadline.wait(0, f"{verb} {path} was not sent any more")
        return self.requester.requestJsonAndCheck(
            verb, f"/repos/{self.repository}/{path}", parameters=query, input=body
        )


def _has_next(headers: dict[str, Any]) -> bool:
    """Whether there is another page; its link is not followed, as the token would go with it."""
    links = parse_header_links(headers.get("link", ""))
    return any(link.get("rel") == "next" for link in links)


def parsed(model: type[Parsed], data: object) -> Parsed:
    """Read an answer; raise InvalidAnswer when it is not what GitHub documents."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidAnswer from error
