"""A GitHub that talks back: its comments, its pull requests, its bad days."""

import json
import threading
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.publish.contract import Contract, Exchange

REPOSITORY = "octo-org/octo-repo"
BOT = "github-actions[bot]"


@dataclass(kw_only=True)
class Fault:
    """What goes wrong with the next `times` requests that match.

    `status` None answers normally; `reset` cuts the connection instead of answering; `late` does
    the work before anything goes wrong; `hangs` keeps the client waiting until the server closes;
    `meet` makes requests wait for each other before any of them is worked on; `deletes` is the
    comment that somebody removes just before.
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


class FakeGitHub:
    """The state, and the rules by which requests change it."""

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
        self.longest_body = 65536

    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments.values()]

    def sent(self, verb: str) -> int:
        return sum(exchange.verb == verb for exchange in self.exchanges)

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
                "user": None if login is None else self._user(login),
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

    def _user(self, login: str) -> dict[str, Any]:
        kind = "Bot" if login.endswith("[bot]") else "User"
        user: dict[str, Any] = self.contract.specimen("simple-user")
        return user | {"login": login, "type": kind}

    def answer(self, verb: str, path: str, query: dict[str, str], body: bytes) -> Reply:
        inside = path.removeprefix(f"/repos/{REPOSITORY}")
        with self.lock:
            match verb, inside.strip("/").split("/"):
                case "GET", ["pulls"]:
                    return self._list_pulls(path, query)
                case "GET", ["pulls", number]:
                    found = [p for p in self.pulls if p["number"] == int(number)]
                    return Reply.of(200, found[0]) if found else self._error(404, "Not Found")
                case "GET", ["issues", "7", "comments"]:
                    return self._page(path, query, list(self.comments.values()))
                case "POST", ["issues", "7", "comments"]:
                    return self._create(json.loads(body)["body"])
                case (("PATCH" | "DELETE"), ["issues", "comments", number]):
                    return self._change(verb, int(number), body)
                case _:
                    return self._error(404, "Not Found")

    def _create(self, body: str) -> Reply:
        if len(body) > self.longest_body:
            return self._too_long()
        comment = self.add_comment(body, self.login)
        return Reply.of(201, comment, {"Location": comment["url"]})

    def _change(self, verb: str, number: int, body: bytes) -> Reply:
        if number not in self.comments:
            # Real, though the description leaves it out for these two operations.
            return replace(self._error(404, "Not Found"), outside_contract=True)
        if verb == "DELETE":
            del self.comments[number]
            return Reply(status=204)
        self.comments[number]["body"] = json.loads(body)["body"]
        return Reply.of(200, self.comments[number])

    def _list_pulls(self, path: str, query: dict[str, str]) -> Reply:
        head = query.get("head", "")
        found = [
            self._simple(pull)
            for pull in self.pulls
            if pull["head"]["repo"] is None
            or f"{pull['head']['repo']['full_name'].split('/')[0]}:{pull['head']['ref']}" == head
        ]
        # GitHub's own description does not know the null it answers for a deleted fork.
        is_gone = any(pull["head"]["repo"] is None for pull in found)
        return replace(self._page(path, query, found), outside_contract=is_gone)

    def _simple(self, pull: dict[str, Any]) -> dict[str, Any]:
        simple: dict[str, Any] = self.contract.specimen("pull-request-simple")
        return simple | {"number": pull["number"], "head": simple["head"] | pull["head"]}

    def _page(self, path: str, query: dict[str, str], items: list[Any]) -> Reply:
        size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
        chosen = items[(page - 1) * size : page * size]
        link = {}
        if page * size < len(items):
            following = f"{self.url}{path}?per_page={size}&page={page + 1}"
            link = {"Link": f'<{following}>; rel="next", <{following}>; rel="last"'}
        return Reply.of(200, deepcopy(chosen), link)

    def _too_long(self) -> Reply:
        detail = {"code": "unprocessable", "message": "body is too long (maximum is 65536)"}
        problem = {"message": "Validation Failed", "documentation_url": "", "errors": [detail]}
        return Reply.of(422, problem)

    def _error(self, status: int, message: str) -> Reply:
        problem = {"message": message, "documentation_url": "", "status": str(status)}
        return Reply.of(status, problem)

    def fault(self, verb: str, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.matches(verb, path):
                    fault.times -= 1
                    return fault
        return None
