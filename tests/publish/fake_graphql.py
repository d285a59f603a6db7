"""The GraphQL of the fake GitHub: GitHub's own schema, executed over the state of the fake."""

import json
from pathlib import Path
from typing import Any

from graphql import ExecutionResult, build_schema, graphql_sync

from tests.publish.fake_checks import FakeChecks
from tests.publish.fake_github import REPOSITORY, FakeGitHub, Reply, Request

SCHEMA = build_schema((Path(__file__).parent / "github.graphql").read_text(encoding="utf-8"))


class FakeGraphQL:
    """Answers queries; `forbidden` names fields that the token may not see."""

    def __init__(self, github: FakeGitHub, checks: FakeChecks) -> None:
        self.github = github
        self.checks = checks
        self.base_files: dict[str, str] = {}
        self.changed: list[tuple[str, str]] = []
        self.changed_count: int | None = None
        """How many files are counted, if not those that are named."""
        self.minimized: dict[str, str] = {}
        self.forbidden: set[str] = set()
        self.errors: list[dict[str, Any]] = []
        """Said once, instead of an answer."""
        github.route("POST", "/graphql", self._answer)

    def _answer(self, request: Request) -> Reply:
        if self.errors:
            errors, self.errors = self.errors, []
            return Reply.of(200, {"data": None, "errors": errors})
        asked = request.json
        root = {
            "repository": lambda _, owner, name: self if f"{owner}/{name}" == REPOSITORY else None,
            "minimizeComment": self._minimize,
        }
        result = graphql_sync(
            SCHEMA, asked["query"], root_value=root, variable_values=asked.get("variables")
        )
        return Reply(status=200, body=json.dumps(_formatted(result)).encode())

    def object(self, _info: Any, oid: str, **_: Any) -> dict[str, Any]:
        def suites(_info: Any, **__: Any) -> dict[str, Any]:
            self._may("checkSuites")
            return {"totalCount": 1, "nodes": [{"checkRuns": runs}]}

        def runs(
            _info: Any,
            filterBy: dict[str, str],  # noqa: N803
            first: int,
            **__: Any,
        ) -> dict[str, Any]:
            found = self.checks.of(oid, filterBy["checkName"])
            return {"totalCount": len(found), "nodes": [_check(each) for each in found[:first]]}

        return {"__typename": "Commit", "checkSuites": suites}

    def pullRequest(self, _info: Any, number: int) -> dict[str, Any] | None:  # noqa: N802
        if number not in {pull["number"] for pull in self.github.pulls}:
            raise Said("NOT_FOUND", "Could not resolve to a PullRequest")
        return {
            "baseRef": {"target": {"__typename": "Commit", "file": self._file}},
            "files": self._files,
            "comments": self._comments,
        }

    def _file(self, _info: Any, path: str) -> dict[str, Any] | None:
        self._may("file")
        text = self.base_files.get(path)
        if text is None:
            return None
        return {"object": {"__typename": "Blob", "text": text, "isTruncated": False}}

    def _files(self, _info: Any, first: int, **_: Any) -> dict[str, Any]:
        nodes = [{"path": path, "changeType": kind} for path, kind in self.changed[:first]]
        return {"totalCount": self.changed_count or len(self.changed), "nodes": nodes}

    def _comments(
        self, _info: Any, first: int = 0, last: int = 0, after: str | None = None, **_: Any
    ) -> dict[str, Any]:
        assert 0 < first + last <= 100, "GitHub gives a hundred at once"
        every = list(self.github.comments.values())
        begin = int(after or 0) if first else max(0, len(every) - last)
        chosen = every[begin : begin + (first or last)]
        end = begin + len(chosen)
        info = {"hasNextPage": bool(first) and end < len(every), "endCursor": str(end)}
        return {"pageInfo": info, "nodes": [self._comment(each) for each in chosen]}

    def _comment(self, comment: dict[str, Any]) -> dict[str, Any]:
        user = comment["user"]
        author = user and {"__typename": user["type"], "login": user["login"].split("[")[0]}
        return {
            "id": comment["node_id"],
            "fullDatabaseId": str(comment["id"]),
            "body": comment["body"],
            "url": comment["html_url"],
            "createdAt": comment["created_at"],
            "viewerDidAuthor": bool(user) and user["login"] == self.github.login,
            "minimizedReason": self.minimized.get(comment["node_id"]),
            "author": author,
        }

    def _minimize(self, _info: Any, input: dict[str, str]) -> dict[str, Any]:  # noqa: A002
        self._may("minimizeComment")
        node = input["subjectId"]
        if node not in {each["node_id"] for each in self.github.comments.values()}:
            raise Said("NOT_FOUND", "Could not resolve to a node")
        self.minimized[node] = input["classifier"].lower()
        return {"minimizedComment": {"__typename": "IssueComment", "isMinimized": True}}

    def _may(self, what: str) -> None:
        if what in self.forbidden:
            raise Said("FORBIDDEN", "Resource not accessible by integration")


class Said(Exception):
    """A problem, with the type that GitHub gives beside the message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _check(run: dict[str, Any]) -> dict[str, Any]:
    return {
        "databaseId": run["id"],
        "externalId": run["external_id"],
        "status": run["status"].upper(),
        "url": run["html_url"],
    }


def _formatted(result: ExecutionResult) -> dict[str, Any]:
    errors = []
    for error in result.errors or ():
        said = error.original_error
        kind = {"type": said.kind} if isinstance(said, Said) else {}
        errors.append({"message": error.message, "path": error.path or [], **kind})
        assert isinstance(said, Said), error
    return {"data": result.data} | ({"errors": errors} if errors else {})
