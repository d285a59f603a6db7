"""Owns the few requests publishing makes: each answer is parsed before anything trusts it."""

from dataclasses import dataclass
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
    """An account."""

    login: str


class Comment(Answer):
    """A comment; its `user` is null once the account is deleted."""

    id: int
    body: str
    html_url: str
    user: User | None

    @property
    def author(self) -> str:
        """Return the login of who wrote it, or nothing."""
        return self.user.login if self.user else ""


class Pull(Answer):
    """A pull request, with the commit it proposes now."""

    number: int
    head: Head


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
        return _parsed(Pull, data)

    def open_pulls(self, head: str) -> list[Pull]:
        """Return the open pull requests from `owner:branch`."""
        return self._all(Pull, "pulls", {"state": "open", "head": head})

    def comments(self, pull: int) -> list[Comment]:
        """Return every comment in the conversation of a pull request."""
        return self._all(Comment, f"issues/{pull}/comments", {})

    def create_comment(self, pull: int, body: str) -> Comment:
        """Write a new comment; sent once, because it cannot be known whether it arrived."""
        _, data = self._send("POST", f"issues/{pull}/comments", body={"body": body})
        return _parsed(Comment, data)

    def edit_comment(self, comment: int, body: str) -> Comment:
        """Replace the text of a comment."""
        _, data = self._send("PATCH", f"issues/comments/{comment}", body={"body": body})
        return _parsed(Comment, data)

    def delete_comment(self, comment: int) -> None:
        """Remove a comment."""
        self._send("DELETE", f"issues/comments/{comment}")

    def _all(self, model: type[Parsed], path: str, query: dict[str, Any]) -> list[Parsed]:
        found: list[Parsed] = []
        page = 1
        while True:
            asked = query | {"per_page": PER_PAGE, "page": page}
            headers, data = self._send("GET", path, query=asked)
            if not isinstance(data, list):
                raise InvalidAnswer
            found += [_parsed(model, item) for item in data]
            # The link itself is not followed: the token goes to the configured address only.
            links = parse_header_links(headers.get("link", ""))
            if not any(link.get("rel") == "next" for link in links):
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


def _parsed(model: type[Parsed], data: object) -> Parsed:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidAnswer from error
