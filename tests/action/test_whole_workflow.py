"""The whole of compare.yml with the real tool: two machines, one report, and a fresh machine."""

import json
import subprocess
from pathlib import Path

import pytest

from bot.core.report import Report
from tests.action.face import ROOT
from tests.action.mini_runner import Evaluator, MiniRunner
from tests.action.mini_workflow import MiniGitHub

REPOSITORY = "octo-org/octo-repo"
CONFIG = """
baseline: {{existing: {0}}}
versions: [{{existing: {1}}}]
paths: [benchmarks]
metrics: [step]
alpha: 5%
shards: 2
confirm: true
most-blocks: 16
budget: 3m
"""
SLOWER = """
"Counts further on the candidate."
import tensorflow as tf

def build():
    n = 20000 if tf.__version__ == "2.15.1" else 60000
    return lambda: sum(range(n))
"""


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def origin(tmp_path: Path, frameworks: list[Path]) -> Path:
    """A repository with a pull request: `main`, `topic`, and the commit that merges them."""
    folder = tmp_path / "origin"
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True)
    (folder / "tfperf.yml").write_text(CONFIG.format(*frameworks))
    git(folder, "add", ".")
    git(folder, "commit", "-m", "base")
    git(folder, "switch", "--quiet", "-c", "topic")
    (folder / "benchmarks").mkdir()
    (folder / "benchmarks" / "slower.py").write_text(SLOWER)
    git(folder, "add", ".")
    git(folder, "commit", "-m", "head")
    git(folder, "switch", "--quiet", "-c", "merge", "main")
    git(folder, "merge", "--quiet", "--no-ff", "-m", "merge", "topic")
    return folder


@pytest.mark.e2e
@pytest.mark.timeout(900)
def test_from_plan_to_verdict(
    evaluator: Evaluator, real_action: Path, origin: Path, tmp_path: Path
) -> None:
    head = git(origin, "rev-parse", "topic")
    event = tmp_path / "event.json"
    pull = {
        "number": 7,
        "base": {"sha": git(origin, "rev-parse", "main")},
        "head": {"sha": head, "repo": {"full_name": REPOSITORY}},
    }
    event.write_text(json.dumps({"pull_request": pull}))
    (tmp_path / "machines").mkdir()

    def runner(place: Path) -> MiniRunner:
        for name in ("workspace", "temp"):
            (place / name).mkdir()
        return MiniRunner(
            evaluator=evaluator,
            action=real_action,
            workspace=place / "workspace",
            temp=place / "temp",
            environ={
                "GITHUB_EVENT_NAME": "pull_request",
                "GITHUB_EVENT_PATH": str(event),
                "GITHUB_REPOSITORY": REPOSITORY,
            },
        )

    def checkout(workspace: Path, given: dict[str, str]) -> None:
        depth = ["--depth", given.get("fetch-depth", "1")]
        branch = given["ref"] or "merge"
        address = f"file://{origin}"
        command = ["git", "clone", "--quiet", *depth, "--branch", branch, address, str(workspace)]
        subprocess.run(command, check=True)

    github = MiniGitHub(
        evaluator=evaluator,
        folder=tmp_path / "machines",
        runner=runner,
        checkout=checkout,
        github={"event_name": "pull_request", "base_ref": "main", "event": {"pull_request": pull}},
    )
    called = github.call(ROOT / ".github" / "workflows" / "compare.yml")

    assert called.results() == {
        "gate": "success",
        "plan": "success",
        "approve": "skipped",
        "run": "success",
        "report": "success",  # its alarm was to be measured again
        "confirm": "success",
        "verdict": "failure",  # and was confirmed
        "conclusion": "failure",
    }, called.log
    assert called.outputs == {"verdict": "regression"}
    text = (called.artifacts["tfperf-report"] / "report.json").read_text()
    report = Report.model_validate_json(text)
    (cell,) = report.cells
    assert (cell.case, cell.verdict) == ("slower[default]", "REGRESSION")
    assert cell.confirmation is not None
    assert cell.confirmation.word == "confirmed"
    assert [shard.number for shard in report.shards] == [1, 2]
    assert report.commit == head
    assert report.exit_code == 1
