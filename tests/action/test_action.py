"""The steps of the real action.yml, run by bash, with GitHub's own evaluator of expressions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli_pieces import matrix
from tests.action.conftest import slower, write_run
from tests.action.mini_runner import MiniRunner

pytestmark = pytest.mark.network

INSTALL = "Install the tool in its own environment"
MEASURE = "Measure, without a token"
PUBLISH = "Publish, with the token"
DECIDE = "Decide where to measure, with the token that can only read"
NOTHING = dict.fromkeys(("plan", "matrix", "runs-on", "environment", "commit", "base"), "")
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
    assert ran.steps == [INSTALL, MEASURE]
    assert (ran.status, ran.exit_code) == ("failure", 1)
    assert (
        ran.outputs
        == {
            "verdict": "regression",
            "report": str(run_dir / "report.json"),
            "comment": str(run_dir / "comment.md"),
            "page": str(run_dir / "report.html"),
            "run-dir": str(run_dir),
            "alarms": "1",
            "confirm": "false",
        }
        | NOTHING
    )
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
    """Outputs and summary are of what was published, not of what was handed over."""
    mini = runner()
    ran = mini.use(mode="publish", run_dir=str(recorded), key="linux-cpu")
    assert ran.steps == [INSTALL, PUBLISH]
    assert ran.status == "success"
    published = Path(ran.outputs["run-dir"])
    assert published.parent == mini.temp
    assert (
        ran.outputs
        == {
            "verdict": "regression",
            "report": str(published / "report.json"),
            "comment": str(published / "comment.md"),
            "page": "",
            "run-dir": str(published),
            "alarms": "",
            "confirm": "",
        }
        | NOTHING
    )
    assert ran.summary == (recorded / "summary.md").read_text(encoding="utf-8")
    told = saw(tmp_path)
    arguments = ["publish", "--key", "linux-cpu", "--run-dir", str(published), "--", str(recorded)]
    assert told["arguments"] == arguments
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
    assert (
        ran.outputs
        == {
            "verdict": "",
            "report": "",
            "comment": "",
            "page": "",
            "run-dir": str(mini.workspace / "here"),
            "alarms": "",
            "confirm": "false",
        }
        | NOTHING
    )


REFUSED = {
    "no baseline": ({"versions": "2.21.0"}, "there is no baseline"),
    "an option in disguise": (
        {"baseline": "2.15.1", "versions": "2.21.0 --json"},
        "'--json' looks like an option",
    ),
    "nothing to publish": (
        {"mode": "publish", "run-dir": "nowhere"},
        "there is no report to publish",
    ),
    "no plan": ({"mode": "run", "shard": "1/2"}, "there is no plan"),
    "no parts": ({"mode": "report", "runs": "nowhere"}, "no machine delivered a run"),
    "no folder of parts": ({"mode": "report"}, "the input `runs` is missing"),
    "nothing to confirm": ({"mode": "confirm"}, "the input `runs` is missing"),
    "a word that is no answer": (
        {"mode": "plan", "confirm": "yes"},
        "'yes' is none of true, false",
    ),
    "a word about forks that is no answer": (
        {"mode": "answer", "forks": "some"},
        "'some' is none of true, false",
    ),
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


def test_plan(runner: Runner, tmp_path: Path) -> None:
    mini = runner(STAND_IN_SHARDS="2")
    ran = mini.use(mode="plan", versions="auto", baseline="2.15.1", confirm="true")
    plan = mini.temp / "tfperf-plan" / "plan.json"
    assert ran.status == "success", ran.log
    assert ran.outputs["plan"] == str(plan)
    assert json.loads(ran.outputs["matrix"]) == matrix(2)
    arguments = ["plan", "--output", str(plan), "--confirm", "--", "2.15.1", "auto"]
    assert saw(tmp_path)["arguments"] == arguments


def test_a_plan_against_the_base_that_a_comment_asked_for(runner: Runner, tmp_path: Path) -> None:
    ran = runner().use(mode="plan", base="1" * 40)
    assert ran.status == "success", ran.log
    assert saw(tmp_path)["environ"]["TFPERF_BASE"] == "1" * 40


def test_a_plan_without_a_base_of_its_own(runner: Runner, tmp_path: Path) -> None:
    runner().use(mode="plan")
    assert "TFPERF_BASE" not in saw(tmp_path)["environ"]


def test_a_list_of_versions_is_no_word_of_the_command_line(runner: Runner, tmp_path: Path) -> None:
    versions = '[{"tensorflow": "2.16.2", "knobs": {"TF_ENABLE_ONEDNN_OPTS": "0"}}]'
    ran = runner().use(mode="plan", baseline="2.15.1", versions=versions)
    assert ran.status == "success", ran.log
    told = saw(tmp_path)
    assert told["arguments"][-1] == "--"
    assert told["environ"]["TFPERF_BASELINE"] == "2.15.1"
    assert told["environ"]["TFPERF_VERSIONS"] == versions


def test_a_plan_that_cannot_be_made(runner: Runner) -> None:
    ran = runner(exit_code=2).use(mode="plan")
    assert (ran.exit_code, ran.outputs["matrix"]) == (2, "")


@pytest.mark.parametrize(("tool", "step"), [(0, 0), (1, 0), (3, 0), (2, 2), (70, 70), (130, 130)])
def test_a_part_has_no_verdict(runner: Runner, tool: int, step: int, tmp_path: Path) -> None:
    mini = runner(exit_code=tool)
    plan = tmp_path / "plan.json"
    plan.write_text('{"shards": 2}', encoding="utf-8")
    ran = mini.use(mode="run", plan=str(plan), shard="2/2")
    run_dir = mini.temp / "tfperf-run"
    assert ran.exit_code == step
    assert (ran.outputs["run-dir"], ran.outputs["verdict"]) == (str(run_dir), "")
    assert ran.summary == ""
    expected = ["run", "--shard", "2/2", "--run-dir", str(run_dir), "--", str(plan)]
    assert saw(tmp_path)["arguments"] == expected


def test_a_part_that_never_began_fails_the_job(runner: Runner, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"shards": 2}', encoding="utf-8")
    ran = runner(exit_code=3, STAND_IN_RUN="").use(mode="run", plan=str(plan), shard="1/2")
    assert ran.exit_code == 3


@pytest.mark.parametrize("is_nested", [True, False], ids=["folders", "one without a folder"])
def test_report(runner: Runner, is_nested: bool, tmp_path: Path) -> None:
    mini = runner(exit_code=1)
    parts = tmp_path / "parts"
    folders = [parts / "tfperf-part-1", parts / "tfperf-part-2"] if is_nested else [parts]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "plan.json").write_text("{}", encoding="utf-8")
        (folder / "measured.json").write_text('{"shard": "1/2"}', encoding="utf-8")
    ran = mini.use(mode="report", runs=str(parts))
    assert ran.exit_code == 1
    assert (ran.outputs["verdict"], ran.outputs["alarms"]) == ("regression", "1")
    assert ran.summary == "## 1 regression\n"
    assert saw(tmp_path)["arguments"][-len(folders) :] == [str(folder) for folder in folders]


def test_alarms_that_are_measured_again_do_not_fail_the_first_report(
    runner: Runner, recorded: Path, tmp_path: Path
) -> None:
    again = write_run(tmp_path / "asked", slower(confirm=True))
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "plan.json").write_text("{}", encoding="utf-8")
    (parts / "measured.json").write_text('{"shard": "1/1"}', encoding="utf-8")
    ran = runner(exit_code=1, STAND_IN_RUN=str(again)).use(mode="report", runs=str(parts))
    assert (ran.exit_code, ran.outputs["confirm"]) == (0, "true")
    assert ran.outputs["verdict"] == "regression"
    assert "measured again" in ran.commands()[0]


def test_confirm(runner: Runner, recorded: Path, tmp_path: Path) -> None:
    mini = runner()
    ran = mini.use(mode="confirm", runs=str(recorded))
    run_dir = mini.temp / "tfperf-run"
    assert ran.status == "success", ran.log
    assert ran.outputs["run-dir"] == str(run_dir)
    arguments = ["confirm", "--run-dir", str(run_dir), "--", str(recorded)]
    assert saw(tmp_path)["arguments"] == arguments


def test_publish_what_another_workflow_measured(runner: Runner, tmp_path: Path) -> None:
    ran = runner(STAND_IN_RUN="").use(mode="publish", config="perf/tfperf.yml")
    assert ran.status == "success", ran.log
    told = saw(tmp_path)["arguments"]
    config = ["--config", "perf/tfperf.yml"]
    assert told == ["publish", *config, "--run-dir", ran.outputs["run-dir"]]
    assert ran.outputs["verdict"] == ""


@pytest.mark.parametrize("code", [0, 4])
def test_answer(runner: Runner, code: int, tmp_path: Path) -> None:
    mini = runner(exit_code=code, STAND_IN_RUN="")
    ran = mini.use(mode="answer")
    assert ran.steps == [INSTALL, PUBLISH]
    assert ran.exit_code == code
    assert bool(ran.commands()) is (code == 4)
    told = saw(tmp_path)
    assert told["arguments"] == ["answer"]
    assert told["environ"]["GITHUB_TOKEN"] == mini.token


@pytest.mark.parametrize(("forks", "said"), [("", []), ("false", []), ("true", ["--forks"])])
def test_answer_about_forks(runner: Runner, forks: str, said: list[str], tmp_path: Path) -> None:
    ran = runner(STAND_IN_RUN="").use(mode="answer", forks=forks)
    assert ran.status == "success", ran.log
    assert saw(tmp_path)["arguments"] == ["answer", *said]


def test_gate(runner: Runner, tmp_path: Path) -> None:
    mini = runner(GITHUB_EVENT_NAME="push")
    ran = mini.use(mode="gate")
    assert ran.status == "success", ran.log
    assert ran.steps == [INSTALL, DECIDE]
    chosen = {name: ran.outputs[name] for name in ("runs-on", "environment", "commit", "base")}
    assert chosen == {"runs-on": '"ubuntu-24.04"', "environment": "", "commit": "", "base": ""}


@pytest.mark.parametrize("mode", ["compare", "gate", "plan", "run", "report", "confirm"])
@pytest.mark.parametrize("status", ["failure", "cancelled"])
def test_nothing_is_run_once_the_job_has_failed(runner: Runner, mode: str, status: str) -> None:
    ran = runner().use(mode=mode, status=status)
    assert ran.steps == []
    assert set(ran.outputs.values()) == {""}
