"""Owns a runner for action.yml: GitHub's evaluator from npm, a copy of the action, its folders."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.action.face import ROOT
from tests.action.mini_runner import Evaluator, MiniRunner

HERE = Path(__file__).parent
OLDEST_NODE = 20
NODE_FILES = ("package.json", "package-lock.json", "evaluate.mjs")


def has_node() -> bool:
    """Whether a node that GitHub's packages support is here, with npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True)
    return int(version.stdout.strip().removeprefix("v").partition(".")[0]) >= OLDEST_NODE


@pytest.fixture(scope="session")
def evaluator(request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    """GitHub's evaluator, installed once by its lock into pytest's cache."""
    if not has_node():
        leave = pytest.fail if os.environ.get("TFPERF_REQUIRE_NODE") else pytest.skip
        leave("needs node 20 or newer and npm: they run GitHub's own evaluator of expressions")
    content = b"".join((HERE / name).read_bytes() for name in NODE_FILES)
    version = hashlib.sha256(content).hexdigest()[:16]
    assert request.config.cache is not None
    folder = request.config.cache.mkdir(f"action-evaluator-{version}")
    if not (folder / "installed").exists():
        for name in NODE_FILES:
            shutil.copy(HERE / name, folder / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL)
        (folder / "installed").touch()
    running = Evaluator(folder)
    yield running
    running.close()


@pytest.fixture(scope="session")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the action whose command line is the stand-in, and which needs no packages."""
    folder = tmp_path_factory.mktemp("action")
    shutil.copy(ROOT / "action.yml", folder)
    shutil.copytree(ROOT / "bot", folder / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "stand_in.py", folder / "bot" / "__main__.py")
    (folder / "requirements.lock").write_text("# nothing\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's temporary folder: the tool is installed into it by the first use."""
    return tmp_path_factory.mktemp("runner temp")


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """The folder of a finished run, as far as the action reads it."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    (folder / "report.json").write_text('{"overall": "regression"}', encoding="utf-8")
    (folder / "comment.md").write_text("<!-- tfperf:default -->", encoding="utf-8")
    (folder / "summary.md").write_text("## 1 regression\n", encoding="utf-8")
    return folder


@pytest.fixture
def runner(
    evaluator: Evaluator, action: Path, recorded: Path, temp: Path, tmp_path: Path
) -> Callable[..., MiniRunner]:
    """Make a runner; the keywords are what the job's environment says besides."""

    def make(exit_code: int = 0, **environ: str) -> MiniRunner:
        workspace = tmp_path / "work space"
        workspace.mkdir()
        shutil.rmtree(temp / "tfperf-run", ignore_errors=True)
        stand_in = {
            "STAND_IN_SAW": str(tmp_path / "saw.json"),
            "STAND_IN_RUN": str(recorded),
            "STAND_IN_EXIT": str(exit_code),
        }
        return MiniRunner(
            evaluator=evaluator,
            action=action,
            workspace=workspace,
            temp=temp,
            environ=stand_in | environ,
        )

    return make
