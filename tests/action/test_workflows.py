"""The jobs of the reusable workflows, run as GitHub would: who waits, what crosses, how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.action.conftest import slower, write_run
from tests.action.face import ROOT
from tests.action.mini_runner import Evaluator, MiniRunner
from tests.action.mini_workflow import MiniGitHub

pytestmark = pytest.mark.network

COMPARE = ROOT / ".github" / "workflows" / "compare.yml"
PUBLISH = ROOT / ".github" / "workflows" / "publish.yml"
REPOSITORY = "octo-org/octo-repo"
SHA = "0123456789abcdef0123456789abcdef01234567"
REQUEST = f"tfperf run for #7 at {SHA} by comment 99"
FORK = "somebody/octo-repo"


def pull_request(repository: str = REPOSITORY) -> dict[str, Any]:
    head = {"sha": SHA, "ref": "topic", "repo": {"full_name": repository}}
    return {"pull_request": {"number": 7, "head": head, "base": {"sha": "1" * 40}}}


@pytest.fixture
def github(
    evaluator: Evaluator, action: Path, temp: Path, tmp_path: Path
) -> Callable[..., MiniGitHub]:
    """Make a GitHub; the keywords are what the tool's stand-in does."""

    def make(
        event: str = "pull_request",
        payload: dict[str, Any] | None = None,
        *,
        confirm: bool = False,
        config: str | None = None,
        lost: frozenset[str] = frozenset(),
        **stand_in: str,
    ) -> MiniGitHub:
        recorded = write_run(tmp_path / "recorded", slower(confirm=confirm))
        event_path = tmp_path / "event.json"
        event_path.write_text(json.dumps(pull_request() if payload is None else payload))
        machines = tmp_path / "machines"
        machines.mkdir()
        environ = {
            "STAND_IN_SAW": str(tmp_path),
            "STAND_IN_RUN": str(recorded),
            "STAND_IN_EXIT": '{"merge": 1}',
            "STAND_IN_SHARDS": "2",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(event_path),
            "GITHUB_REPOSITORY": REPOSITORY,
            **stand_in,
        }

        def runner(place: Path) -> MiniRunner:
            for name in ("workspace", "temp"):
                (place / name).mkdir()
            (place / "temp" / "tfperf-venv").symlink_to(temp / "tfperf-venv")
            return MiniRunner(
                evaluator=evaluator,
                action=action,
                workspace=place / "workspace",
                temp=place / "temp",
                environ=environ,
                github={"event_name": event},
            )

        def checkout(workspace: Path, given: dict[str, str]) -> None:
            assert given["persist-credentials"] == "false"
            with (tmp_path / "checkouts.jsonl").open("a") as file:
                file.write(json.dumps(given) + "\n")
            if config is not None:
                (workspace / "tfperf.yml").write_text(config)

        return MiniGitHub(
            evaluator=evaluator,
            folder=machines,
            runner=runner,
            checkout=checkout,
            github={
                "event_name": event,
                "base_ref": "main" if event == "pull_request" else "",
                "event": payload or {},
            },
            lost=lost,
        )

    return make


@pytest.fixture(autouse=True)
def installed(evaluator: Evaluator, action: Path, temp: Path, tmp_path: Path) -> None:
    """The tool's own environment is the same on every machine: it is made once."""
    if not (temp / "tfperf-venv" / "installed.lock").exists():
        place = tmp_path / "first"
        place.mkdir()
        first = MiniRunner(
            evaluator=evaluator,
            action=action,
            workspace=place,
            temp=temp,
            environ={"STAND_IN_SAW": str(place), "STAND_IN_EXIT": "0"},
        )
        first.use(mode="plan")


def commands(tmp_path: Path) -> list[list[str]]:
    notes = (tmp_path / "saw.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["arguments"] for line in notes]


def checkouts(tmp_path: Path) -> list[dict[str, str]]:
    notes = (tmp_path / "checkouts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in notes]


ALL_DONE = {"gate": "success", "plan": "success", "approve": "skipped", "run": "success"}


def test_two_machines_measure_and_one_report_has_the_verdict(
    github: Callable[..., MiniGitHub], tmp_path: Path
) -> None:
    called = github().call(COMPARE, baseline="2.15.1", versions="2.21.0")
    assert called.results() == ALL_DONE | {
        "report": "failure",
        "confirm": "skipped",
        "verdict": "skipped",
    }
    assert called.outputs == {"verdict": "regression"}
    assert [job.runs_on for job in called.jobs["run"]] == ["ubuntu-24.04"] * 2
    assert len(called.jobs["run"]) == 2
    assert [command[0] for command in commands(tmp_path)] == ["plan", "run", "run", "merge"]
    assert commands(tmp_path)[0][-3:] == ["--", "2.15.1", "2.21.0"]
    published = called.artifacts["tfperf-report"]
    assert [file.name for file in published.iterdir()] == ["report.json"]
    merged = json.loads((called.artifacts["tfperf-run-default"] / "merged.json").read_text())
    assert merged == ["1/2", "2/2"]
    assert called.jobs["report"][0].uses[0].summary == "## 1 regression\n"


def test_what_is_checked_out(github: Callable[..., MiniGitHub], tmp_path: Path) -> None:
    github().call(COMPARE)
    base, plan, *others = checkouts(tmp_path)
    assert (base["ref"], base["fetch-depth"]) == ("main", "1")
    assert (plan["ref"], plan["fetch-depth"]) == ("", "2")  # the merge commit and its parents
    assert {each["ref"] for each in others} == {""}


def test_one_machine_whose_artifact_gets_no_folder_of_its_own(
    github: Callable[..., MiniGitHub], tmp_path: Path
) -> None:
    called = github(STAND_IN_SHARDS="1").call(COMPARE)
    assert called.result("report") == "failure"  # by the verdict
    merged = json.loads((called.artifacts["tfperf-run-default"] / "merged.json").read_text())
    assert merged == ["1/1"]


def test_another_key_has_artifacts_of_its_own(github: Callable[..., MiniGitHub]) -> None:
    called = github().call(COMPARE, key="gpu")
    assert "tfperf-report-gpu" in called.artifacts
    assert "tfperf-run-gpu" in called.artifacts


def test_a_machine_that_is_lost_leaves_the_report_of_the_others(
    github: Callable[..., MiniGitHub],
) -> None:
    called = github(lost=frozenset({"run 1/2"})).call(COMPARE)
    assert called.result("run") == "failure"
    merged = json.loads((called.artifacts["tfperf-run-default"] / "merged.json").read_text())
    assert merged == ["2/2"]
    assert "tfperf-report" in called.artifacts


def test_no_machine_delivers(github: Callable[..., MiniGitHub]) -> None:
    called = github(lost=frozenset({"run 1/2", "run 2/2"})).call(COMPARE)
    assert called.result("report") == "failure"
    assert "no machine delivered a run" in called.log
    assert called.outputs == {"verdict": ""}
    assert not any(name.startswith("tfperf-report") for name in called.artifacts)


@pytest.mark.parametrize("code", [2, 70])
def test_a_part_that_crashes_is_uploaded_and_reported(
    github: Callable[..., MiniGitHub], code: int
) -> None:
    called = github(STAND_IN_EXIT=json.dumps({"run": code, "merge": 3})).call(COMPARE)
    assert (called.result("run"), called.result("report")) == ("failure", "failure")
    assert {"tfperf-part-default-1", "tfperf-part-default-2"} <= called.artifacts.keys()
    assert "tfperf-report" in called.artifacts


def test_a_plan_that_cannot_be_made_starts_no_machine(github: Callable[..., MiniGitHub]) -> None:
    called = github(STAND_IN_EXIT='{"plan": 2}').call(COMPARE)
    after = dict.fromkeys(("run", "report", "confirm", "verdict"), "skipped")
    assert called.results() == {"gate": "success", "plan": "failure", "approve": "skipped"} | after


CONFIRMED = {"refuted": ("success", "clean"), "confirmed": ("failure", "regression")}


@pytest.mark.parametrize(("word", "ends"), CONFIRMED.items(), ids=CONFIRMED)
def test_alarms_are_measured_again_before_anything_fails(
    github: Callable[..., MiniGitHub], word: str, ends: tuple[str, str], tmp_path: Path
) -> None:
    second = write_run(tmp_path / "second", slower(confirm=True, word=word)) / "report.json"
    called = github(confirm=True, STAND_IN_CONFIRMED=str(second)).call(COMPARE)
    result, verdict = ends
    assert called.results() == ALL_DONE | {
        "report": "success",
        "confirm": "success",
        "verdict": result,
    }
    assert called.outputs == {"verdict": verdict}
    assert [command[0] for command in commands(tmp_path)][3:] == ["merge", "confirm", "merge"]
    published = json.loads((called.artifacts["tfperf-report"] / "report.json").read_text())
    assert published == json.loads(second.read_text())


def test_a_second_measurement_that_fails_leaves_the_alarm(
    github: Callable[..., MiniGitHub], tmp_path: Path
) -> None:
    second = write_run(tmp_path / "second", slower(confirm=True, word="unclear")) / "report.json"
    lost = frozenset({"confirm"})
    called = github(confirm=True, lost=lost, STAND_IN_CONFIRMED=str(second)).call(COMPARE)
    assert (called.result("confirm"), called.result("verdict")) == ("failure", "failure")
    assert called.outputs == {"verdict": "regression"}
    assert "tfperf-again-default" not in called.artifacts


OWN_RUNNER = "runs-on: {cpu: [self-hosted, big]}\n"


def test_a_fork_is_refused_on_a_runner_of_ones_own(github: Callable[..., MiniGitHub]) -> None:
    called = github(payload=pull_request(FORK), config=OWN_RUNNER).call(COMPARE)
    assert called.result("gate") == "failure"
    assert {*called.results().values()} == {"failure", "skipped"}
    assert "code from a fork is not measured on self-hosted, big" in called.log


def test_a_fork_waits_for_approval(github: Callable[..., MiniGitHub]) -> None:
    config = OWN_RUNNER + "environment: forks\n"
    called = github(payload=pull_request(FORK), config=config).call(COMPARE)
    assert called.result("approve") == "success"
    assert called.jobs["approve"][0].environment == "forks"
    assert called.jobs["run"][0].runs_on == ["self-hosted", "big"]


def test_a_fork_that_is_not_approved_gets_no_machine(github: Callable[..., MiniGitHub]) -> None:
    config = OWN_RUNNER + "environment: forks\n"
    lost = frozenset({"approve"})
    called = github(payload=pull_request(FORK), config=config, lost=lost).call(COMPARE)
    assert (called.result("approve"), called.result("run")) == ("failure", "skipped")
    assert called.result("report") == "skipped"


def test_ones_own_branch_needs_no_approval(github: Callable[..., MiniGitHub]) -> None:
    called = github(config=OWN_RUNNER).call(COMPARE)
    assert called.result("approve") == "skipped"
    assert called.jobs["run"][0].runs_on == ["self-hosted", "big"]


def test_a_request_that_is_none_is_refused(github: Callable[..., MiniGitHub]) -> None:
    called = github("workflow_dispatch", {}).call(COMPARE, request=f"{REQUEST}; rm -rf .")
    assert called.result("gate") == "failure"
    assert "not the name of a run that a comment asks for" in called.log


def test_measuring_beside_a_token_that_can_write_is_refused(
    github: Callable[..., MiniGitHub],
) -> None:
    called = github("pull_request_target").call(COMPARE)
    assert called.result("gate") == "failure"
    assert "beside a token that can write" in called.log


COMMENT = {"action": "created", "issue": {"number": 7, "pull_request": {}}}
PUBLISHING: dict[str, tuple[str, dict[str, Any], list[list[str]]]] = {
    "a run ended": (
        "workflow_run",
        {"action": "completed"},
        [["publish", "--key", "default", "--run-dir"]],
    ),
    "a command": (
        "issue_comment",
        COMMENT | {"comment": {"body": "/tfperf run"}},
        [["answer", "--key", "default"]],
    ),
    "talk": ("issue_comment", COMMENT | {"comment": {"body": "thanks"}}, []),
    "a comment that was edited": (
        "issue_comment",
        COMMENT | {"action": "edited", "comment": {"body": "/tfperf run"}},
        [],
    ),
    "a comment on an issue": (
        "issue_comment",
        {"action": "created", "issue": {"number": 7}, "comment": {"body": "/tfperf run"}},
        [],
    ),
}


@pytest.mark.parametrize(("event", "payload", "expected"), PUBLISHING.values(), ids=PUBLISHING)
def test_publishing(
    github: Callable[..., MiniGitHub],
    event: str,
    payload: dict[str, Any],
    expected: list[list[str]],
    tmp_path: Path,
) -> None:
    (tmp_path / "saw.jsonl").touch()
    called = github(event, payload).call(PUBLISH)
    told = [each[:-1] if "--run-dir" in each else each for each in commands(tmp_path)]
    assert told == expected
    assert not (tmp_path / "checkouts.jsonl").exists()
    assert called.artifacts == {}
    assert "failure" not in called.results().values()


def test_publishing_that_fails_fails_its_job(github: Callable[..., MiniGitHub]) -> None:
    called = github("workflow_run", {}, STAND_IN_EXIT='{"publish": 4}').call(PUBLISH)
    assert called.result("publish") == "failure"
