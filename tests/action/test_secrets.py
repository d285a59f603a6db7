"""A real run of the real action: a workload looks for tokens everywhere, and finds none."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.action.conftest import HERE
from tests.action.mini_runner import Evaluator, MiniRunner

pytestmark = pytest.mark.network

PLANTED = "ghs_planted_in_the_environment"
PERSISTED = "AUTHORIZATION: basic Z2hzX3BlcnNpc3RlZA=="
LOOKED = {
    *("/proc/PARENT/environ", "/proc/PARENT/cmdline", "environment", "git config", ".git/config"),
    *("GITHUB_EVENT_PATH", "RUNNER_TEMP"),
}
CONFIG = """
baseline: {{existing: {0}}}
versions: [{{existing: {1}}}]
paths: [benchmarks]
metrics: [step]
most-blocks: 3
budget: 1m
"""


@pytest.fixture
def measure(
    evaluator: Evaluator, real_action: Path, frameworks: list[Path], tmp_path: Path
) -> Callable[..., dict[str, Any]]:
    """Measure in a job with a token in its environment; return what the workload found."""

    def run(*, persist_credentials: bool = False) -> dict[str, Any]:
        workspace = tmp_path / "workspace"
        subprocess.run(["git", "init", "--quiet", str(workspace)], check=True)
        if persist_credentials:  # what actions/checkout does unless it is told not to
            name = "http.https://github.com/.extraheader"
            config = ["git", "-C", str(workspace), "config", name, PERSISTED]
            subprocess.run(config, check=True)
        (workspace / "benchmarks").mkdir()
        shutil.copy(HERE / "looking.py", workspace / "benchmarks")
        (workspace / "tfperf.yml").write_text(CONFIG.format(*frameworks))
        event = tmp_path / "event.json"
        event.write_text("{}")
        (tmp_path / "temp").mkdir()
        mini = MiniRunner(
            evaluator=evaluator,
            action=real_action,
            workspace=workspace,
            temp=tmp_path / "temp",
            environ={
                "GITHUB_TOKEN": PLANTED,
                "GH_TOKEN": PLANTED,
                "ACTIONS_RUNTIME_TOKEN": PLANTED,
                "MY_SECRET": PLANTED,
                "GITHUB_EVENT_NAME": "push",
                "GITHUB_EVENT_PATH": str(event),
            },
        )
        ran = mini.use()
        assert ran.outputs["verdict"], ran.log
        assert PLANTED not in ran.log
        said: dict[str, Any] = json.loads((workspace / "benchmarks" / "found.json").read_text())
        return said

    return run


def test_a_workload_that_looks_for_tokens_finds_none(
    measure: Callable[..., dict[str, Any]],
) -> None:
    said = measure()
    assert set(said["looked"]) >= LOOKED
    assert said["found"] == {}


def test_what_a_checkout_leaves_behind_is_found(measure: Callable[..., dict[str, Any]]) -> None:
    """The action cannot take it away: our workflows check out with `persist-credentials: false`."""
    assert set(measure(persist_credentials=True)["found"]) == {".git/config", "git config"}
