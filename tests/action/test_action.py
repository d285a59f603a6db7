"""The steps of the real action.yml, run by bash, with GitHub's own evaluator of expressions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.action.mini_runner import MiniRunner

pytestmark = pytest.mark.network

INSTALL = "Install the tool in its own environment"
Runner = Callable[..., MiniRunner]


def saw(tmp_path: Path) -> dict[str, Any]:
    noted: dict[str, Any] = json.loads((tmp_path / "saw.json").read_text(encoding="utf-8"))
    return noted


def test_compare(runner: Runner, tmp_path: Path) -> None:
    secrets = {"GITHUB_TOKEN": "ghs_x", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://example.org"}
    mini = runner(exit_code=1, UV_INDEX_URL="kept", **secrets)
    (mini.workspace / "bot").mkdir()
    (mini.workspace / "bot" / "__init__.py").write_text("raise SystemExit(99)", encoding="utf-8")

    ran = mini.use(
        baseline="2.15.1",
        versions="2.16.2, 2.20.0\n2.21.0",
        workloads="keras_* matmul[*]",
        budget="10m",
        fail_on="regression wrong",
    )

    run_dir = mini.temp / "tfperf-run"
    assert ran.steps == [INSTALL, "Compare releases"]
    assert (ran.status, ran.exit_code) == ("failure", 1)
    assert ran.outputs == {
        "verdict": "regression",
        "report": str(run_dir / "report.json"),
        "comment": str(run_dir / "comment.md"),
        "run-dir": str(run_dir),
    }
    assert ran.summary == "## 1 regression\n"
    assert ran.commands() == []
    told = saw(tmp_path)
    assert told["folder"] == str(mini.workspace)
    assert told["arguments"] == (
        f"compare|--run-dir|{run_dir}|--budget|10m|--workloads|keras_*|--workloads|matmul[*]"
        "|--fail-on|regression|--fail-on|wrong|--|2.15.1|2.16.2|2.20.0|2.21.0"
    ).split("|")
    assert told["environ"]["UV_INDEX_URL"] == "kept"
    assert "ghs_" not in json.dumps(told)
    hidden = {n for n in told["environ"] if n.startswith(("INPUT_", "ACTIONS_", "PYTHON"))}
    assert hidden == set()
    assert "GITHUB_OUTPUT" not in told["environ"]


def test_publish(runner: Runner, recorded: Path, tmp_path: Path) -> None:
    mini = runner()
    ran = mini.use(mode="publish", run_dir=str(recorded), key="linux-cpu")
    assert ran.steps == [INSTALL, "Publish the comment"]
    assert ran.status == "success"
    assert ran.outputs == {
        "verdict": "regression",
        "report": str(recorded / "report.json"),
        "comment": "",
        "run-dir": str(recorded),
    }
    told = saw(tmp_path)
    assert told["arguments"] == ["publish", "--key", "linux-cpu", "--", str(recorded)]
    assert told["environ"]["GITHUB_TOKEN"] == mini.token
    assert "GITHUB_OUTPUT" not in told["environ"]


def test_a_second_use_in_a_job_installs_nothing_and_needs_its_own_folder(runner: Runner) -> None:
    mini = runner()
    assert mini.use(baseline="2.15.1", versions="2.21.0").status == "success"
    installed = (mini.temp / "tfperf-venv" / "installed.lock").stat().st_mtime_ns
    again = mini.use(baseline="2.15.1", versions="2.21.0")
    assert (again.exit_code, again.outputs["verdict"]) == (2, "")
    assert "already holds the report of another run" in again.commands()[0]
    assert (mini.temp / "tfperf-venv" / "installed.lock").stat().st_mtime_ns == installed


def test_publishing_that_failed_is_a_warning_with_the_tools_exit_code(
    runner: Runner, recorded: Path
) -> None:
    ran = runner(exit_code=4).use(mode="publish", run_dir=str(recorded))
    assert ran.exit_code == 4
    assert ran.commands() == [
        "::warning title=tf-perf-bot::the comment was not written, see the log; the verdict stands"
    ]


def test_inputs_are_text_never_script(runner: Runner, tmp_path: Path) -> None:
    mini = runner()
    nasty = "$(touch${IFS}hit);`touch${IFS}hit`;'\"\\"
    ran = mini.use(baseline=nasty, versions=nasty, budget="1m\n::set-output name=verdict::clean")
    assert ran.status == "success"
    assert list(mini.workspace.iterdir()) == []
    assert saw(tmp_path)["arguments"][-3:] == ["--", nasty, nasty]


def test_a_run_that_did_not_start_has_no_outputs_and_no_summary(runner: Runner) -> None:
    mini = runner(exit_code=2, STAND_IN_RUN="")
    ran = mini.use(baseline="2.15.1", versions="2.21.0", run_dir="here")
    assert ran.exit_code == 2
    assert ran.summary == ""
    assert ran.outputs == {
        "verdict": "",
        "report": "",
        "comment": "",
        "run-dir": str(mini.workspace / "here"),
    }


REFUSED = {
    "no baseline": ({"versions": "2.21.0"}, "there is no baseline"),
    "an option in disguise": (
        {"baseline": "2.15.1", "versions": "2.21.0 --json"},
        "'--json' looks like an option",
    ),
    "nothing to publish": ({"mode": "publish"}, "there is no report to publish"),
    "an unknown mode": ({"mode": "measure"}, "the input 'mode' has to be"),
    "a Python too old": ({"python": "false"}, "the input 'python' has to be"),
}


@pytest.mark.parametrize(("inputs", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(runner: Runner, inputs: dict[str, str], message: str, tmp_path: Path) -> None:
    ran = runner().use(**inputs)
    assert ran.exit_code == 2
    assert len(ran.commands()) == 1
    assert ran.commands()[0].startswith("::error title=tf-perf-bot::")
    assert message in ran.commands()[0]
    assert not (tmp_path / "saw.json").exists()
