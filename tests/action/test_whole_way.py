"""The whole way of a pull request: the real action measures real releases, then comments."""

import json
import os
import shutil
from pathlib import Path

import pytest

from bot.environments import available
from tests.action.face import ROOT
from tests.action.mini_runner import Evaluator, MiniRunner
from tests.project.conftest import Checkout
from tests.publish.contract import contract
from tests.publish.fake_github import REPOSITORY
from tests.publish.fake_server import running

PARTS = ("action.yml", "requirements.lock", "noxfile.py", "bot", "workloads")
PASSED_ON = ("UV_CACHE_DIR", "PYENV_ROOT", "PIP_CERT", "SSL_CERT_FILE", "PIP_FIND_LINKS")


@pytest.fixture
def action(tmp_path: Path) -> Path:
    """A copy of all that the action consists of."""
    folder = tmp_path / "action"
    folder.mkdir()
    for name in PARTS:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    return folder


@pytest.mark.e2e
@pytest.mark.timeout(900)
def test_measured_without_a_token_and_published_with_one(
    evaluator: Evaluator, action: Path, tmp_path: Path
) -> None:
    if "3.11" not in available(os.environ):
        pytest.skip("this machine has no Python 3.11, which both releases share")
    checkout = Checkout(tmp_path / "repository")
    checkout.git("init", "--quiet", "--initial-branch=topic")
    base = checkout.commit({"README": "before\n"})
    sha = checkout.commit({"README": "after\n"})
    event = tmp_path / "event.json"
    head = {"sha": sha, "ref": "topic", "repo": {"full_name": REPOSITORY}}
    pull = {"number": 7, "base": {"sha": base}, "head": head}
    event.write_text(json.dumps({"action": "synchronize", "pull_request": pull}))
    (tmp_path / "temp").mkdir()
    with running(contract()) as github:
        github.add_pull(7, sha)
        mini = MiniRunner(
            evaluator=evaluator,
            action=action,
            workspace=tmp_path / "repository",
            temp=tmp_path / "temp",
            environ={
                **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
                "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache/uv")),
                "TFPERF_MOST_BLOCKS": "3",
                "GITHUB_API_URL": github.url,
                "GITHUB_REPOSITORY": REPOSITORY,
                "GITHUB_EVENT_NAME": "pull_request",
                "GITHUB_EVENT_PATH": str(event),
                "GITHUB_RUN_NUMBER": "1",
                "GITHUB_RUN_ATTEMPT": "1",
                "GITHUB_ACTOR": "octocat",
            },
        )
        measured = mini.use(
            baseline="2.15.1", versions="2.21.0", workloads="geometric_series[graph]", budget="4m"
        )
        report = json.loads(Path(measured.outputs["report"]).read_text())
        assert measured.exit_code == report["exit_code"], measured.log
        assert measured.outputs["verdict"] == report["overall"]
        assert "2.15.1 → 2.21.0" in measured.summary
        assert {c["blocks"] for c in report["cells"]} == {3}
        verdict = Path(measured.outputs["comment"]).read_text().splitlines()[1]
        for action_name in ("created", "unchanged"):
            published = mini.use(mode="publish", run_dir=measured.outputs["run-dir"])
            assert published.status == "success", published.log
            assert f"comment {action_name}" in published.log
            (body,) = github.bodies()
            assert body.strip() == Path(published.outputs["comment"]).read_text().strip()
            assert verdict in body
            assert mini.token not in body
