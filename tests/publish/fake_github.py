"""A GitHub that talks back: its comments, its pull requests, its bad days."""

import json
import re
import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.publish.contract import Contract, Exchange

REPOSITORY = "octo-org/octo-repo"
BOT = "github-actions[bot]"


@dataclass(kw_only=True)
class Fault:
    """What goes wrong with the next `times` requests that match.

    `status` None answers normally; `reset` cuts the connection instead of answering; `late` does
    the work before anything goes wrong; `hangs` keeps the client waiting until the server closes;
    `meet` makes requests wait for each other before any of them is worked on; `deletes` is the
    comment that somebody removes just before, `edits` the one that somebody changes, `adds` the
    text of one that another publisher writes.
    """

    verb: str
    path: str = ""
    times: int = 1
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | dict[str, Any] = b""
    reset: bool = False
    late: bool = False
    hangs: bool = False
    drips: bool = False
    meet: threading.Barrier | None = None
    deletes: int | None = None
    edits: tuple[int, str] | None = None
    adds: str | None = None

    def matches(self, verb: str, path: str) -> bool:
        return self.times > 0 and verb == self.verb and self.path in path


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    outside_contract: bool = False

    @classmethod
    def of(cls, status: int, value: Any, headers: dict[str, str] | None = None) -> "Reply":
        return cls(status=status, body=json.dumps(value).encode(), headers=headers or {})


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request, with the parts of its path that the template of its route names."""

    verb: str
    path: str
    query: dict[str, str]
    body: bytes
    parts: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Handler = Callable[[Request], Reply]


class FakeGitHub:
    """The state, and the rules by which requests change it.

    Whoever needs more of GitHub registers it: `github.route("GET", "labels/{name}", handler)`.
    Templates are relative to the repository unless they begin with a slash; `{name*}` takes
    slashes too. Handlers run under `github.lock`, one at a time.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.login = BOT
        self.url = ""
        self.comments: dict[int, dict[str, Any]] = {}
        self.pulls: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self.exchanges: list[Exchange] = []
        self.next_comment = 1001
        self.seconds = 0
        self.longest_body = 65536
        self.routes: list[tuple[str, re.Pattern[str], Handler]] = []
        self.route("GET", "pulls", self._list_pulls)
        self.route("GET", "pulls/{number}", self._get_pull)
        self.route("GET", "issues/{number}/comments", self._list_comments)
        self.route("POST", "issues/{number}/comments", self._create)
        for verb in ("GET", "PATCH", "DELETE"):
            self.route(verb, "issues/comments/{number}", self._comment)

    def route(self, verb: str, template: str, handler: Handler) -> None:
        """Answer requests that match with `handler`; a later route wins over an earlier one."""
        whole = template if template.startswith("/") else f"/repos/{REPOSITORY}/{template}"
        pattern = re.sub(r"\{(\w+)\*\}", r"(?P<\1>.+)", whole)
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        self.routes.insert(0, (verb, re.compile(pattern), handler))

    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments.values()]

    def sent(self, verb: str) -> int:
        """Count requests, without those to GraphQL, which are POST whatever they ask."""
        rest = [each for each in self.exchanges if each.path != "/graphql"]
        return sum(each.verb == verb for each in rest)

    def add_comment(self, body: str, login: str | None = BOT) -> dict[str, Any]:
        with self.lock:
            number = self.next_comment
            self.next_comment += 1
            comment: dict[str, Any] = self.contract.specimen("issue-comment")
            comment |= {
                "id": number,
                "body": body,
                "url": f"{self.url}/repos/{REPOSITORY}/issues/comments/{number}",
                "html_url": f"https://github.com/{REPOSITORY}/pull/7#issuecomment-{number}",
                "user": None if login is None else self.user(login),
                "node_id": f"IC_{number}",
                "created_at": (now := self.now()),
                "updated_at": now,
            }
            self.comments[number] = comment
            return comment

    def add_pull(
        self, number: int, sha: str, branch: str = "topic", repository: str | None = REPOSITORY
    ) -> dict[str, Any]:
        pull: dict[str, Any] = self.contract.specimen("pull-request")
        pull |= {"number": number, "state": "open"}
        repo = None
        if repository is not None:
            repo = self.contract.specimen("repository") | {"full_name": repository}
        pull["head"] = pull["head"] | {"sha": sha, "ref": branch, "repo": repo}
        self.pulls.append(pull)
        return pull

    def now(self) -> str:
        """Return a moment that is later than every one before: GitHub's clock, in small steps."""
        self.seconds += 1
        moment = datetime(2026, 11, 20, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

    def user(self, login: str) -> dict[str, Any]:
        kind = "Bot" if login.endswith("[bot]") else "User"
        user: dict[str, Any] = self.contract.specimen("simple-user")
        return user | {"login": login, "type": kind}

    def answer(self, verb: str, path: str, query: dict[str, str], body: bytes) -> Reply:
        with self.lock:
            for its_verb, pattern, handler in self.routes:
                if its_verb == verb and (found := pattern.fullmatch(path)):
                    parts = {name: unquote(part) for name, part in found.groupdict().items()}
                    request = Request(verb=verb, path=path, query=query, body=body, parts=parts)
                    return handler(request)
            return self.error(404, "Not Found")

    def _get_pull(self, request: Request) -> Reply:
        found = [p for p in self.pulls if p["number"] == int(request.parts["number"])]
        return Reply.of(200, found[0]) if found else self.error(404, "Not Found")

    def _list_comments(self, request: Request) -> Reply:
        if request.parts["number"] != "7":
            return self.error(404, "Not Found")
        since = request.query.get("since", "")
        found = [each for each in self.comments.values() if each["updated_at"] >= since]
        return self.page(request, found)

    def _create(self, request: Request) -> Reply:
        if request.parts["number"] != "7":
            return self.error(404, "Not Found")
        body = request.json["body"]
        if len(body) > self.longest_body:
            return self._too_long()
        comment = self.add_comment(body, self.login)
        return Reply.of(201, comment, {"Location": comment["url"]})

    def _comment(self, request: Request) -> Reply:
        number = int(request.parts["number"])
        if number not in self.comments:
            # Real, though the description leaves it out for two of these operations.
            return replace(self.error(404, "Not Found"), outside_contract=True)
        if request.verb == "DELETE":
            del self.comments[number]
            return Reply(status=204)
        if request.verb == "PATCH":
            body = request.json["body"]
            if len(body) > self.longest_body:
                return self._too_long()
            self.comments[number] |= {"body": body, "updated_at": self.now()}
        return Reply.of(200, self.comments[number])

    def _list_pulls(self, request: Request) -> Reply:
        head = request.query.get("head", "")
        found = [
            self._simple(pull)
            for pull in self.pulls
            if pull["state"] == request.query.get("state", "open")
            and (
                pull["head"]["repo"] is None
                or f"{pull['head']['repo']['full_name'].split('/')[0]}:{pull['head']['ref']}"
                == head
            )
        ]
        # GitHub's own description does not know the null it answers for a deleted fork.
        is_gone = any(pull["head"]["repo"] is None for pull in found)
        return replace(self.page(request, found), outside_contract=is_gone)

    def _simple(self, pull: dict[str, Any]) -> dict[str, Any]:
        simple: dict[str, Any] = self.contract.specimen("pull-request-simple")
        head = simple["head"] | pull["head"]
        return simple | {"number": pull["number"], "state": pull["state"], "head": head}

    def page(self, request: Request, items: list[Any], *, inside: str | None = None) -> Reply:
        """Answer one page of a list; `inside`: as that field of an object, with the total."""
        query = request.query
        size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
        chosen = items[(page - 1) * size : page * size]
        link = {}
        if page * size < len(items):
            following = f"{self.url}{request.path}?per_page={size}&page={page + 1}"
            link = {"Link": f'<{following}>; rel="next", <{following}>; rel="last"'}
        answer = {"total_count": len(items), inside: chosen} if inside else chosen
        return Reply.of(200, deepcopy(answer), link)

    def _too_long(self) -> Reply:
        detail = {"code": "unprocessable", "message": "body is too long (maximum is 65536)"}
        problem = {"message": "Validation Failed", "documentation_url": "", "errors": [detail]}
        return Reply.of(422, problem)

    def error(self, status: int, message: str) -> Reply:
        problem = {"message": message, "documentation_url": "", "status": str(status)}
        return Reply.of(status, problem)

    def fault(self, verb: str, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.matches(verb, path):
                    fault.times -= 1
                    return fault
        return None
