"""The part of the fake GitHub that commands need: reactions, rights, pushes, and runs to start."""

import io
import zipfile
from dataclasses import dataclass, field, replace
from typing import Any

from tests.publish.fake_github import REPOSITORY, FakeGitHub, Reply, Request

RUN_URL = f"https://github.com/{REPOSITORY}/actions/runs/99"
BASE = "b" * 40
BEGAN, ENDED = "2026-11-20T11:10:00Z", "2026-11-20T11:40:00Z"
"""When every run measured."""
INPUTS = frozenset({"request", "baseline", "versions", "workloads", "mode"})


@dataclass(kw_only=True)
class FakeCommands:
    """State of what commands read and change; `pushes`: (repository, branch) -> (time, commit)."""

    github: FakeGitHub
    permissions: dict[str, str] = field(default_factory=lambda: {"maintainer": "write"})
    pushes: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    committed: str = "2026-11-20T10:00:00Z"
    reactions: list[str] = field(default_factory=list)
    dispatched: list[dict[str, Any]] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    archives: dict[int, bytes] = field(default_factory=dict)
    known_inputs: frozenset[str] = INPUTS
    base: str = BASE
    """Of every pull request."""
    size: int = 1
    """Of every artifact, as GitHub says it."""
    has_workflow: bool = True
    tells_runs: bool = True
    """Whether a dispatch is answered with the run, as GitHub does since 2026."""

    def install(self) -> None:
        route = self.github.route
        route("GET", "pulls/{number}", self._pull)
        route("POST", "issues/comments/{number}/reactions", self._react)
        route("GET", "collaborators/{login}/permission", self._permission)
        route("GET", "/repos/{owner}/{name}/activity", self._activity)
        route("GET", "commits/{commit}", self._commit)
        route("GET", "actions/workflows/{workflow}/runs", self._runs)
        route("GET", "actions/runs/{run}/artifacts", self._artifacts)
        route("GET", "actions/artifacts/{artifact}/zip", self._address)
        route("GET", "/storage/{artifact}", self._content)
        route("POST", "actions/workflows/{workflow}/dispatches", self._dispatch)

    def _pull(self, request: Request) -> Reply:
        pull = next(p for p in self.github.pulls if p["number"] == int(request.parts["number"]))
        pull |= {"base": pull["base"] | {"sha": self.base}}
        # GitHub's own description does not know the null it answers for a deleted fork.
        return replace(Reply.of(200, pull), outside_contract=pull["head"]["repo"] is None)

    def _react(self, request: Request) -> Reply:
        if int(request.parts["number"]) not in self.github.comments:
            # Real, though the description leaves it out.
            return replace(self.github.error(404, "Not Found"), outside_contract=True)
        content = request.json["content"]
        is_new = content not in self.reactions
        if is_new:
            self.reactions.append(content)
        reaction = self.github.contract.specimen("reaction") | {"content": content}
        return Reply.of(201 if is_new else 200, reaction)

    def _permission(self, request: Request) -> Reply:
        login = request.parts["login"]
        if login not in self.permissions:
            return self.github.error(404, "Not Found")
        found = self.github.contract.specimen("repository-collaborator-permission")
        return Reply.of(200, found | {"permission": self.permissions[login]})

    def _activity(self, request: Request) -> Reply:
        repository = f"{request.parts['owner']}/{request.parts['name']}"
        branch = request.query["ref"].removeprefix("refs/heads/")
        if (repository, branch) not in self.pushes:
            return replace(self.github.error(404, "Not Found"), outside_contract=True)
        time, commit = self.pushes[repository, branch]
        activity = self.github.contract.specimen("activity")
        return Reply.of(200, [activity | {"timestamp": time, "after": commit}])

    def _commit(self, request: Request) -> Reply:
        commit = self.github.contract.specimen("commit")
        committer = {"name": "x", "email": "x@example.org", "date": self.committed}
        commit["commit"] |= {"committer": committer}
        people = dict.fromkeys(("author", "committer"), self.github.user("octocat"))
        return Reply.of(200, commit | people | {"sha": request.parts["commit"]})

    def ended(
        self, number: int, *, event: str, commit: str, title: str, report: bytes | None
    ) -> None:
        """Add a run that is over, and the report it left behind, if any."""
        run = self.github.contract.specimen("workflow-run")
        run |= {"id": number, "event": event, "head_sha": commit, "display_title": title}
        run |= {"run_started_at": BEGAN, "html_url": RUN_URL}
        self.runs.append(run | {"status": "completed"})
        if report is not None:
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("report.json", report)
            self.archives[number] = content.getvalue()

    def _artifacts(self, request: Request) -> Reply:
        number = int(request.parts["run"])
        artifact = self.github.contract.specimen("artifact")
        artifact |= {"id": number, "name": request.query["name"], "size_in_bytes": self.size}
        artifact |= {"created_at": ENDED}
        found = [artifact] if number in self.archives else []
        return self.github.page(request, found, inside="artifacts")

    def _address(self, request: Request) -> Reply:
        location = f"{self.github.url}/storage/{request.parts['artifact']}"
        return Reply(status=302, headers={"Location": location})

    def _content(self, request: Request) -> Reply:
        content = self.archives[int(request.parts["artifact"])]
        return Reply(status=200, body=content, headers={"Content-Type": "application/zip"})

    def _runs(self, request: Request) -> Reply:
        specimen = self.github.contract.specimen("workflow-run")
        names = ("event", "head_sha", "status")
        chosen = {name: request.query[name] for name in names if name in request.query}
        assert chosen.keys() & {"event", "head_sha"}
        runs = [run for run in self.runs if chosen.items() <= run.items()]
        runs += [
            specimen | {"display_title": each["request"], "html_url": RUN_URL}
            for each in self.dispatched
            if chosen == {"event": "workflow_dispatch"}
        ]
        return self.github.page(request, runs, inside="workflow_runs")

    def _dispatch(self, request: Request) -> Reply:
        if not self.has_workflow or request.parts["workflow"] != "tfperf.yml":
            # Real, as are the others that refuse: the description knows success alone.
            return replace(self.github.error(404, "Not Found"), outside_contract=True)
        inputs = request.json["inputs"]
        if unknown := sorted(set(inputs) - self.known_inputs):
            error = self.github.error(422, f"Unexpected inputs provided: {unknown}")
            return replace(error, outside_contract=True)
        self.dispatched.append(inputs)
        self.branches.append(request.json["ref"])
        if not self.tells_runs:
            return Reply(status=204)
        run = self.github.contract.specimen("workflow-dispatch-response")
        return Reply.of(200, run | {"html_url": RUN_URL})
