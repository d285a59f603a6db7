"""The part of the fake GitHub that the gate asks: environments, and who approves in them."""

from dataclasses import dataclass, field, replace
from typing import Any

from tests.publish.fake_github import FakeGitHub, Reply, Request


@dataclass(kw_only=True)
class FakeEnvironments:
    """Environments by name, each with its protection rules."""

    github: FakeGitHub
    rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def install(self) -> "FakeEnvironments":
        self.github.route("GET", "environments/{name}", self._get)
        return self

    def add(self, name: str, *kinds: str, reviewers: int = 1) -> None:
        """Add an environment with rules of these kinds."""
        self.rules[name] = [self._rule(kind, reviewers) for kind in kinds]

    def _rule(self, kind: str, reviewers: int) -> dict[str, Any]:
        rule: dict[str, Any] = {"id": 1, "node_id": "x", "type": kind}
        match kind:
            case "required_reviewers":
                people = [{"type": "User", "reviewer": self.github.user("maintainer")}] * reviewers
                return rule | {"prevent_self_review": False, "reviewers": people}
            case "wait_timer":
                return rule | {"wait_timer": 30}
            case _:
                return rule

    def _get(self, request: Request) -> Reply:
        name = request.parts["name"]
        if name not in self.rules:
            # Real, though the description knows success alone.
            return replace(self.github.error(404, "Not Found"), outside_contract=True)
        found = self.github.contract.specimen("environment")
        return Reply.of(200, found | {"name": name, "protection_rules": self.rules[name]})
