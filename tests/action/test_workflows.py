"""The jobs of the reusable workflows, run as GitHub would: who waits, what crosses, how it ends."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.init_files import IDLE
from tests.action.conftest import slower, write_run
from tests.action.face import ROOT
from tests.action.mini_runner import Evaluator, MiniRunner
from tests.action.mini_workflow import MiniGitHub
from tests.publish.contract import contract
from tests.publish.fake_environments import FakeEnvironments
from tests.publish.fake_server import WholeGitHub, running

pytestmark = pytest.mark.network

COMPARE = ROOT / ".github" / "workflows" / "compare.yml"
PUBLISH = ROOT / ".github" / "workflows" / "publish.yml"
REPOSITORY = "octo-org/octo-repo"
SHA = "0123456789abcdef0123456789abcdef01234567"
REQUEST = f"tfperf run for #7 at {SHA} onto {'1' * 40} by comment 99"
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
        clone: Path | None = None,
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
            if clone is not None:
                workspace.rmdir()
                command = ["git", "clone", "--quiet", str(clone), str(workspace)]
                subprocess.run(command, check=True)
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
        "conclusion": "failure",
    }
    assert "an alarm counts" in called.log
    assert called.outputs == {"verdict": "regression"}
    assert [job.runs_on for job in called.jobs["run"]] == ["ubuntu-24.04"] * 2
    assert len(called.jobs["run"]) == 2
    assert [command[0] for command in commands(tmp_path)] == ["plan", "run", "run", "merge"]
    assert commands(tmp_path)[0][-3:] == ["--", "2.15.1", "2.21.0"]
    published = called.artifacts["tfperf-report"]
    assert [file.name for file in published.iterdir()] == ["report.json"]
    merged = json.loads((called.artifacts["tfperf-run-default"] / "merged.json").read_text())
    assert merged == ["1/2", "2/2"]
    page = called.artifacts["tfperf-page-default"]
    assert {file.name for file in page.iterdir()} == {"report.html", "charts"}
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
    assert {"tfperf-part-default--1", "tfperf-part-default--2"} <= called.artifacts.keys()
    assert "tfperf-report" in called.artifacts


def test_a_plan_that_cannot_be_made_starts_no_machine(github: Callable[..., MiniGitHub]) -> None:
    called = github(STAND_IN_EXIT='{"plan": 2}').call(COMPARE)
    before = {"gate": "success", "plan": "failure", "approve": "skipped"}
    after = dict.fromkeys(("run", "report", "confirm", "verdict"), "skipped")
    assert called.results() == before | after | {"conclusion": "failure"}
    assert "nothing was decided" in called.log


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
        "conclusion": result,
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
    assert called.result("conclusion") == "failure"
    assert called.outputs == {"verdict": "regression"}
    assert "tfperf-again-default" not in called.artifacts


OWN_RUNNER = "runs-on: {cpu: [self-hosted, big]}\n"


def test_a_fork_is_refused_on_a_runner_of_ones_own(github: Callable[..., MiniGitHub]) -> None:
    called = github(payload=pull_request(FORK), config=OWN_RUNNER).call(COMPARE)
    failed = {name for name, result in called.results().items() if result != "skipped"}
    assert failed == {"gate", "conclusion"}
    assert "code from a fork is not measured on self-hosted, big" in called.log


@pytest.fixture
def asked() -> Iterator[WholeGitHub]:
    """The GitHub that the gate asks; it has an environment `forks` with reviewers."""
    with running(contract()) as fake:
        environments = FakeEnvironments(github=fake).install()
        environments.add("forks", "required_reviewers")
        environments.add("open")
        yield fake


def test_a_fork_waits_for_approval(github: Callable[..., MiniGitHub], asked: WholeGitHub) -> None:
    config = OWN_RUNNER + "environment: forks\n"
    given = {"payload": pull_request(FORK), "config": config, "GITHUB_API_URL": asked.url}
    called = github(**given).call(COMPARE)
    assert called.result("approve") == "success"
    assert called.jobs["approve"][0].environment == "forks"
    assert called.jobs["run"][0].runs_on == ["self-hosted", "big"]
    (question,) = asked.exchanges
    assert question.request_headers["Authorization"] == "token ghs_token_of_the_job"


@pytest.mark.parametrize("name", ["open", "misspelt"])
def test_an_environment_without_reviewers_lets_no_fork_through(
    github: Callable[..., MiniGitHub], asked: WholeGitHub, name: str
) -> None:
    config = f"{OWN_RUNNER}environment: {name}\n"
    given = {"payload": pull_request(FORK), "config": config, "GITHUB_API_URL": asked.url}
    called = github(**given).call(COMPARE)
    failed = {each for each, result in called.results().items() if result != "skipped"}
    assert failed == {"gate", "conclusion"}


def test_a_fork_that_is_not_approved_gets_no_machine(
    github: Callable[..., MiniGitHub], asked: WholeGitHub
) -> None:
    config = OWN_RUNNER + "environment: forks\n"
    given = {"payload": pull_request(FORK), "config": config, "GITHUB_API_URL": asked.url}
    called = github(**given, lost=frozenset({"approve"})).call(COMPARE)
    assert (called.result("approve"), called.result("run")) == ("failure", "skipped")
    assert (called.result("report"), called.result("conclusion")) == ("skipped", "failure")


def test_ones_own_branch_needs_no_approval(github: Callable[..., MiniGitHub]) -> None:
    called = github(config=OWN_RUNNER).call(COMPARE)
    assert called.result("approve") == "skipped"
    assert called.jobs["run"][0].runs_on == ["self-hosted", "big"]


def test_a_request_that_is_none_is_refused(github: Callable[..., MiniGitHub]) -> None:
    called = github("workflow_dispatch", {}).call(COMPARE, request=f"{REQUEST}; rm -rf .")
    assert called.result("gate") == "failure"
    assert "not the name of a run that a comment asks for" in called.log


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, text: str) -> str:
    (folder / "tfperf.yml").write_text(text, encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


def test_both_sides_that_a_comment_asked_for_are_handed_on(
    github: Callable[..., MiniGitHub], tmp_path: Path
) -> None:
    """The pull request is into a release branch: that one says which runner, and is the base."""
    origin = tmp_path / "origin"
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(origin)], check=True)
    commit(origin, "")
    git(origin, "switch", "--quiet", "-c", "release")
    base = commit(origin, OWN_RUNNER)
    head = commit(origin, f"{OWN_RUNNER}# head")
    git(origin, "switch", "--quiet", "main")
    made = github("workflow_dispatch", {}, clone=origin)
    request = f"tfperf run for #7 at {head} onto {base} by comment 99"
    called = made.call(COMPARE, request=request)
    assert called.jobs["run"][0].runs_on == ["self-hosted", "big"]
    first, plan, *others = checkouts(tmp_path)
    assert (first["ref"], first["fetch-depth"]) == ("", "0")
    assert (plan["ref"], plan["fetch-depth"]) == (head, "0")
    assert {each["ref"] for each in others} == {head}
    notes = [json.loads(line) for line in (tmp_path / "saw.jsonl").read_text().splitlines()]
    planned = next(each for each in notes if each["arguments"][0] == "plan")
    assert planned["environ"]["TFPERF_BASE"] == base


def test_the_parts_of_another_key_are_not_taken(github: Callable[..., MiniGitHub]) -> None:
    made = github()
    others = made.call(COMPARE, key="linux-gpu").artifacts
    others |= made.call(COMPARE, key="linux-").artifacts
    called = made.call(COMPARE, key="linux", artifacts=others)
    merged = json.loads((called.artifacts["tfperf-run-linux"] / "merged.json").read_text())
    assert merged == ["1/2", "2/2"]


@pytest.mark.parametrize(
    ("config", "lost", "ends"),
    [
        pytest.param("", frozenset(), "success", id="everything is fine"),
        pytest.param("baseline: [", frozenset(), "failure", id="the gate fails"),
        pytest.param("", frozenset({"gate"}), "failure", id="the machine of the gate is lost"),
        pytest.param("", frozenset({"plan"}), "failure", id="nothing is planned"),
        pytest.param("", frozenset({"run 1/2"}), "failure", id="a machine is lost"),
        pytest.param("", frozenset({"report"}), "failure", id="nothing is reported"),
    ],
)
def test_the_job_to_require(
    github: Callable[..., MiniGitHub], config: str, lost: frozenset[str], ends: str
) -> None:
    code = 3 if "run 1/2" in lost else 0  # what is measured in part exits with 3
    exits = json.dumps({"merge": code})
    called = github(config=config, lost=lost, STAND_IN_EXIT=exits).call(COMPARE)
    assert called.result("conclusion") == ends
    assert [job.result for job in called.jobs["conclusion"]] != ["skipped"]


def test_the_job_to_require_where_the_last_report_is_lost(
    github: Callable[..., MiniGitHub],
) -> None:
    called = github(confirm=True, lost=frozenset({"verdict"})).call(COMPARE)
    assert (called.result("report"), called.result("conclusion")) == ("success", "failure")


def test_measuring_beside_a_token_that_can_write_is_refused(
    github: Callable[..., MiniGitHub],
) -> None:
    called = github("pull_request_target").call(COMPARE)
    assert called.result("gate") == "failure"
    assert "beside a token that can write" in called.log


COMMENT = {"action": "created", "issue": {"number": 7, "pull_request": {}}}
PUBLISHED = [["publish", "--key", "default", "--run-dir"]]


def ended(event: str, title: str, conclusion: str | None = "success") -> dict[str, Any]:
    """A run of the measuring workflow that is over, or has just begun."""
    run = {"event": event, "display_title": title, "conclusion": conclusion}
    return {"action": "completed" if conclusion else "requested", "workflow_run": run}


PUBLISHING: dict[str, tuple[str, dict[str, Any], list[list[str]]]] = {
    "a run ended": ("workflow_run", ended("pull_request", "Faster"), PUBLISHED),
    "a run begins": ("workflow_run", ended("pull_request", "Faster", None), PUBLISHED),
    "a run that was asked for": ("workflow_run", ended("workflow_dispatch", REQUEST), PUBLISHED),
    "a run started by hand": ("workflow_run", ended("workflow_dispatch", "tfperf"), []),
    "a push": ("workflow_run", ended("push", REQUEST), []),
    "a schedule": ("workflow_run", ended("schedule", "nightly"), []),
    "a merge queue": ("workflow_run", ended("merge_group", "Faster"), []),
    "words were edited": ("workflow_run", ended("pull_request", IDLE, None), []),
    "words were edited, and nothing measured": (
        "workflow_run",
        ended("pull_request", IDLE, "skipped"),
        [],
    ),
    "a title that says that nothing was measured": (
        "workflow_run",
        ended("pull_request", IDLE, "failure"),
        PUBLISHED,
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
    payload = ended("pull_request", "Faster")
    called = github("workflow_run", payload, STAND_IN_EXIT='{"publish": 4}').call(PUBLISH)
    assert called.result("publish") == "failure"


def test_publishing_is_told_which_rule_counts(
    github: Callable[..., MiniGitHub], tmp_path: Path
) -> None:
    made = github("workflow_run", ended("pull_request", "Faster"))
    made.call(PUBLISH, config="perf/tfperf.yml", key="gpu")
    (told,) = commands(tmp_path)
    assert told[:-2] == ["publish", "--key", "gpu", "--config", "perf/tfperf.yml"]


def test_one_call_of_several_answers(github: Callable[..., MiniGitHub], tmp_path: Path) -> None:
    made = github("issue_comment", COMMENT | {"comment": {"body": "/tfperf run", "id": 99}})
    assert made.call(PUBLISH, key="linux").result("answer") == "success"
    assert made.call(PUBLISH, key="gpu", answer=False).result("answer") == "skipped"
    assert commands(tmp_path) == [["answer", "--key", "linux"]]


def test_forks_are_measured_on_command_only_where_that_is_allowed(
    github: Callable[..., MiniGitHub], tmp_path: Path
) -> None:
    made = github("issue_comment", COMMENT | {"comment": {"body": "/tfperf run", "id": 99}})
    made.call(PUBLISH, forks=True)
    assert commands(tmp_path) == [["answer", "--key", "default", "--forks"]]
