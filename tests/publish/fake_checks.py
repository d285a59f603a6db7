"""The check runs of the fake GitHub."""

from dataclasses import replace
from typing import Any

from tests.publish.fake_github import FakeGitHub, Reply, Request


class FakeChecks:
    """Check runs by number; `is_forbidden`: the token may not write any."""

    def __init__(self, github: FakeGitHub) -> None:
        self.github = github
        self.runs: dict[int, dict[str, Any]] = {}
        self.is_forbidden = False
        github.route("POST", "check-runs", self._create)
        github.route("PATCH", "check-runs/{number}", self._update)
        github.route("GET", "commits/{ref}/check-runs", self._list)

    def of(self, commit: str, name: str) -> list[dict[str, Any]]:
        return [e for e in self.runs.values() if (e["head_sha"], e["name"]) == (commit, name)]

    @property
    def words(self) -> list[str]:
        """Where each of them stands."""
        return [each["conclusion"] or each["status"] for each in self.runs.values()]

    def add(self, **fields: Any) -> dict[str, Any]:
        number = 501 + len(self.runs)
        run: dict[str, Any] = self.github.contract.specimen("check-run")
        url = f"https://github.com/octo-org/octo-repo/runs/{number}"
        output: dict[str, Any] = dict.fromkeys(("title", "summary", "text"))
        output |= {"annotations_url": url, "annotations_count": 0}
        run |= {"id": number, "html_url": url, "conclusion": None, "external_id": None}
        run |= {"status": "queued", "output": output, "remarks": []}
        self.runs[number] = run
        self._set(run, fields)
        return run

    def _set(self, run: dict[str, Any], fields: dict[str, Any]) -> None:
        output = fields.pop("output", {})
        run |= fields
        remarks = output.get("annotations", [])
        assert len(remarks) <= 50
        assert len(output.get("summary", "")) <= 65_535
        run["remarks"] = [*run["remarks"], *remarks]  # GitHub appends them
        for name in ("title", "summary"):
            run["output"][name] = output.get(name, run["output"][name])
        run["output"]["annotations_count"] = len(run["remarks"])

    def _create(self, request: Request) -> Reply:
        if self.is_forbidden:
            return self._refused()
        return Reply.of(201, _shown(self.add(**request.json)))

    def _update(self, request: Request) -> Reply:
        if self.is_forbidden:
            return self._refused()
        run = self.runs[int(request.parts["number"])]
        self._set(run, request.json)
        return Reply.of(200, _shown(run))

    def _list(self, request: Request) -> Reply:
        found = [_shown(e) for e in self.of(request.parts["ref"], request.query["check_name"])]
        return self.github.page(request, found, inside="check_runs")

    def _refused(self) -> Reply:
        # Real, and left out of the description for these operations.
        refused = self.github.error(403, "Resource not accessible by integration")
        return replace(refused, outside_contract=True)


def _shown(run: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in run.items() if name != "remarks"}
