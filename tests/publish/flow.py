"""The whole way over GitHub: two workflows, a pull request of a branch and one of a fork.

Publishing is a process of its own with a runner's environment and GitHub's events; GitHub is the
local fake, which holds every exchange against GitHub's description. To read what happens:

    python -m tests.publish.flow --out FOLDER
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bot.core.report import Place, Report
from tests.publish.contract import contract
from tests.publish.fake_artifacts import FakeArtifacts, running_storage
from tests.publish.fake_checks import FakeChecks
from tests.publish.fake_commands import FakeCommands
from tests.publish.fake_github import REPOSITORY, FakeGitHub
from tests.publish.fake_graphql import FakeGraphQL
from tests.publish.fake_server import running
from tests.publish.flow_record import Record, Step, write
from tests.publish.payloads import FORK, Payload, event_name, payload
from tests.render.conftest import CASES, cell_of, equal_cells, report_of

WITHOUT_PAUSES = """\
import functools
import bot.publish.github as github
pauses = ("between_requests_seconds", "between_writes_seconds")
github.Pace = functools.partial(github.Pace, **dict.fromkeys(pauses, 0))
from bot.cli import main
main()
"""
ROOT = Path(__file__).parents[2]
PUBLISH_SECONDS = 120.0
BASE_CONFIG = "baseline: 2.15.1\nversions: [2.21.0]\nmost-blocks: 30\n"
PULL = 7
SHAS = tuple(f"{number:x}" * 40 for number in range(1, 9))
PLACES = {case: Place(path="benchmarks/mnist.py", line=12) for case in CASES}
MAIN = "d" * 40
EARLIER = "2026-11-20T11:00:00Z"
COMMAND = "/tfperf run 2.15.1 2.21.0"
SLOWER = cell_of(CASES[1], "REGRESSION", ratio=1.2312, interval=(1.19, 1.28))
STILL_SLOWER = cell_of(CASES[1], "REGRESSION", ratio=1.2417, interval=(1.2, 1.29))


def regression(commit: str, *, cell: Any = SLOWER) -> Report:
    """What the measuring workflow finds: one case is slower."""
    cells = equal_cells(cell)
    return report_of(overall="regression", exit_code=1, cells=cells, commit=commit, places=PLACES)


def clean(commit: str) -> Report:
    return report_of(commit=commit, places=PLACES)


def forged(commit: str) -> bytes:
    """A report of this commit with a value that nobody can have measured."""
    report = json.loads(clean(commit).model_dump_json(by_alias=True))
    report["cells"][0]["ratio"] = -1.0
    return zipped(json.dumps(report))


def zipped(report: str) -> bytes:
    """Pack a report as actions/upload-artifact does."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.json", report)
    return packed.getvalue()


def artifact_of(report: Report) -> bytes:
    return zipped(report.model_dump_json(by_alias=True, indent=1))


@dataclass(kw_only=True)
class Town:
    """A GitHub with all that publishing needs; `url` is where publishing finds it."""

    github: FakeGitHub
    artifacts: FakeArtifacts
    checks: FakeChecks
    graphql: FakeGraphQL

    def comments(self) -> Iterator[dict[str, Any]]:
        for comment in self.github.comments.values():
            yield comment | {"minimised": self.graphql.minimized.get(comment["node_id"])}


@contextmanager
def town() -> Iterator[Town]:
    """Build a GitHub whose base branch has a configuration, and run it."""
    with running(contract()) as github, running_storage() as storage:
        checks = FakeChecks(github)
        graphql = FakeGraphQL(github, checks)
        graphql.base_files["tfperf.yml"] = BASE_CONFIG
        graphql.changed = [("src/model.py", "MODIFIED")]
        artifacts = FakeArtifacts(github, storage)
        yield Town(github=github, artifacts=artifacts, checks=checks, graphql=graphql)


@dataclass(kw_only=True)
class Road:
    """One pull request on its way; every event goes to a process of its own."""

    town: Town
    folder: Path
    repository: str
    record: Record
    run: int = 100
    program: tuple[str, ...] = ("-m", "bot")
    request: str | None = None
    """Name of the run that a comment asked for: it runs on the default branch."""

    def push(self, sha: str) -> None:
        """Propose another commit, whose run is the next."""
        self.town.github.pulls[0]["head"]["sha"] = sha
        self.run += 1

    def requested(self, name: str, sha: str) -> Step:
        """The measuring workflow starts."""
        return self._publish(name, "workflow_run requested", sha, self.run)

    def completed(
        self, name: str, sha: str, artifact: bytes | None, *, run: int | None = None
    ) -> Step:
        """The measuring workflow ends; what it uploaded is there."""
        of_run = run or self.run
        if artifact is not None:
            self.town.artifacts.add(of_run, artifact)
        return self._publish(name, "workflow_run completed success", sha, of_run)

    def asked(self, name: str, comment: Mapping[str, Any]) -> Step:
        """Somebody wrote a comment."""
        changes = {"comment": comment["id"], "body": comment["body"]}
        changes |= {"created_at": comment["created_at"], "login": comment["user"]["login"]}
        event = payload("issue_comment created", **changes)
        return self._run(name, "issue_comment created", event, "answer", "--forks")

    def _publish(self, name: str, event: str, sha: str, run: int) -> Step:
        changes: dict[str, Any] = {"sha": sha, "id": run, "run_number": run}
        kind = event
        if self.request is not None:
            kind = f"{event}, asked for"
            changes |= {"sha": MAIN, "title": self.request}
        elif self.repository != REPOSITORY:
            kind = f"{event}, fork"
        return self._run(name, kind, payload(kind, **changes), "publish")

    def _run(self, name: str, kind: str, event: Payload, *command: str) -> Step:
        file = self.folder / f"{name.replace(' ', '-')}.json"
        file.write_text(json.dumps(event), encoding="utf-8")
        before = len(self.town.github.exchanges)
        done = subprocess.run(
            [sys.executable, *self.program, *command],
            env=self._environ(event_name(kind), file),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PUBLISH_SECONDS,
            check=False,
        )
        step = Step(
            name=name,
            event=kind,
            exit_code=done.returncode,
            said=done.stderr.strip(),
            exchanges=tuple(map(str, self.town.github.exchanges[before:])),
            comments=tuple(deepcopy(list(self.town.comments()))),
            checks=tuple(deepcopy(list(self.town.checks.runs.values()))),
        )
        self.record.steps.append(step)
        return step

    def _environ(self, event: str, file: Path) -> dict[str, str]:
        """What a runner sets for the publishing job, as far as anything of it is read."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder),
            "NO_PROXY": "127.0.0.1",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": self.town.github.url,
            "GITHUB_GRAPHQL_URL": f"{self.town.github.url}/graphql",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "900",
            "GITHUB_RUN_NUMBER": "9",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_ACTOR": "octocat",
            "GITHUB_TOKEN": "ghs_secret",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "RUNNER_TEMP": str(self.folder),
        }


def go(road: Road) -> Record:
    """Everything that happens to a pull request, from its first push to its end."""
    first, second, third, fourth, fifth, sixth, seventh = SHAS[:7]
    road.push(first)
    road.requested("measuring starts", first)
    road.completed("slower", first, artifact_of(regression(first)))
    road.push(second)
    road.requested("second push", second)
    road.completed("still slower", second, artifact_of(regression(second, cell=STILL_SLOWER)))
    road.completed("published again", second, None)
    road.push(third)
    road.requested("third push", third)
    road.completed("mended", third, artifact_of(clean(third)))
    road.push(fourth)
    road.requested("fourth push", fourth)
    road.push(fifth)
    road.requested("fifth push, before the fourth is measured", fifth)
    late = artifact_of(regression(fourth))
    road.completed("the fourth comes late", fourth, late, run=road.run - 1)
    road.completed("forged", fifth, forged(fifth))
    road.push(sixth)
    road.requested("sixth push", sixth)
    road.completed("report of another commit", sixth, artifact_of(clean(third)))
    road.push(seventh)
    road.requested("seventh push", seventh)
    road.town.github.pulls[0]["state"] = "closed"
    road.completed("closed meanwhile", seventh, artifact_of(clean(seventh)))
    return road.record


def go_asked(road: Road) -> Record:
    """Somebody asks for a run in a comment; its report comes to the same pull request."""
    commit = SHAS[0]
    pushes = {(road.repository, "topic"): (EARLIER, commit)}
    commands = FakeCommands(github=road.town.github, pushes=pushes)
    commands.install()
    # The commands bring artifacts of their own; the route that comes last is the one that counts.
    road.town.artifacts = FakeArtifacts(road.town.github, road.town.artifacts.storage)
    road.asked("a command", road.town.github.add_comment(COMMAND, "maintainer"))
    road.request = commands.dispatched[0]["request"]
    road.requested("the run starts", commit)
    road.completed("what was asked for", commit, artifact_of(regression(commit)))
    return road.record


ROADS = {"branch": REPOSITORY, "fork": FORK}
WALKS = {"branch": ("branch", go), "fork": ("fork", go), "command": ("branch", go_asked)}
"""Name of a record -> where its pull request is from, and what happens to it."""


def road_of(town: Town, folder: Path, kind: str, *, hurried: bool = False) -> Road:
    """Open a pull request of a branch or of a fork, on a GitHub that has none.

    `hurried`: without the pauses that GitHub wants between two requests.
    """
    town.github.add_pull(PULL, SHAS[0], "topic", ROADS[kind])
    title = f"A pull request of a {kind}"
    return Road(town=town, folder=folder, repository=ROADS[kind], record=Record(title=title))


def violations(built: Town) -> list[str]:
    """What was exchanged against GitHub's description."""
    return [found for each in built.github.exchanges for found in contract().violations(each)]


@click.command(help=__doc__)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="For the record.")
def main(out: Path) -> None:
    for name, (kind, walk) in WALKS.items():
        with town() as built, tempfile.TemporaryDirectory() as folder:
            write(walk(road_of(built, Path(folder), kind)), out / name)
            wrong = violations(built)
        click.echo(f"{name}: {len(built.github.exchanges)} requests, {len(wrong)} not as described")
        if wrong:
            raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
